-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local function f(...) return f(1, ...) end
pcall(f)
