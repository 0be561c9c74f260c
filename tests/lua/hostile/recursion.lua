-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local function f() return 1 + f() end
f()
