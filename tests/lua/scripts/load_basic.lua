-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(load("return 1 + 1")()) print(load("x = ", "=chunk")) print(load("return ...")(1, 2)) print(load(function() return nil end) ~= nil)
local parts, i = {"return ", "1 ", "+ 2"}, 0
print(load(function() i = i + 1 return parts[i] end)())
