-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function f(...) return select("#", ...), ... end
print(f()) print(f(nil)) print(f(1, nil, 3)) print((f(1, 2)))
local function g(a, ...) local b, c = ... return a, b, c end
print(g(1, 2, 3, 4))
