-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local function f() return pcall(f) end
f()
local function g() pcall(g) end
g()
