-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local function f() return f() end
f()
