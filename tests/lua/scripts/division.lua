-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(7 / 2, -7 / 2, 8 / 2, "9" / 2, load("return 7 / 2 == 7 // 2")())
print(getmetatable(setmetatable({}, {__div = 1})).__div, setmetatable({}, {__idiv = function() return "idiv" end}) / 1)
print(pcall(function(a, b) return a / b end, 1, 0) == false)
-- Differs from Lua 5.4 as documented; prints:
--> 3	-4	4	4	true
--> 1	idiv
--> true
