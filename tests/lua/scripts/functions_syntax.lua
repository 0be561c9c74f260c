-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function f(x) return type(x), x end
print(f "str", f {}, (f [[long]]))
print(#{f(1), f(2)}, (f(1)))
print(("x"):rep(3), #"abc", ({1, 2, 3})[2])
