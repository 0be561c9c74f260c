-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
local function f() return coroutine.wrap(f)() end
f()
