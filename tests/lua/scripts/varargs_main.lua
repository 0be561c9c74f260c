-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(select("#", ...))
local function f(...) local a <const>, b = ... return b, a end
print(f(1, 2))
print((function(...) return ... end)(1, 2, 3))
