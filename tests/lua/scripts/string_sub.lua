-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = "hello"
for i = -7, 7 do print(i, s:sub(i), s:sub(1, i), s:sub(i, i)) end
print(s:sub(2, -2), s:sub(math.mininteger, math.maxinteger), s:sub(4, 2))
