-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local function f() local c <close> = setmetatable({}, {__close = f}) end
f()
