-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(math.abs(-5), math.abs(math.mininteger), math.max(1, 5, 3), math.min(4, 2, 8), math.max(-1), math.ult(1, 2), math.ult(-1, 2), math.ult(1, -1), math.type(1), math.type("1"), math.type(nil))
print(math.tointeger(5), math.tointeger("x"), math.tointeger({}), math.maxinteger, math.mininteger) print(pcall(math.max)) print(pcall(math.abs, "x")) print((pcall(math.type)))
