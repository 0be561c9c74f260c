-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local function f() setmetatable({}, {__gc = f}) collectgarbage() end
f()
