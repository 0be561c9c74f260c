-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local a, b, c = 1, 2
print(a, b, c)
a, b = b, a
print(a, b)
local t, i = {}, 1
i, t[i] = i + 1, 20
print(i, t[1], t[2])
local function f() return 1, 2, 3 end
a, b, c = f(); print(a, b, c)
a, b, c = 0, f(); print(a, b, c)
a, b, c = f(), 10; print(a, b, c)
a, b, c = (f()); print(a, b, c)
