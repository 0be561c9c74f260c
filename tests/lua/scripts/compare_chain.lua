-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local a = {}
local b = a
print(a == b, a ~= b, rawequal(a, b), rawequal("x", "x"), rawequal(1, 1), rawequal(1, 2))
