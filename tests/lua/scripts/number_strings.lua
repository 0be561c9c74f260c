-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(tonumber("1.0"), tonumber("1e1"), tonumber("0x1p1"), tonumber("9223372036854775808"), tonumber("inf"), tonumber("nan"), tonumber("1."))
print((select(2, pcall(function() return "1.5" + 1 end)):gsub("^.-:%d+: ", "")))
print(math.tointeger("3.0"), "10" + 0)
-- Differs from Lua 5.4 as documented; prints:
--> nil	nil	nil	nil	nil	nil	nil
--> attempt to add a 'string' with a 'number'
--> nil	10
