-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {1, 2, 3; n = 4, [10] = "ten", ["a b"] = 5, (function() return 7, 8 end)()}
print(#t, t[4], t[5], t.n, t[10], t["a b"])
print(#{}, #{nil}, #{1, 2}, next({}))
local u = {{1, 2}, {3, {4}}}
print(u[2][2][1])
