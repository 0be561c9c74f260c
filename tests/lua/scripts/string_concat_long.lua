-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = ""
for i = 1, 2000 do s = s .. i .. "," end
print(#s, s:sub(1, 20), s:sub(-20))
local a, b, c = ("a"):rep(50), ("b"):rep(50), "c"
print(a .. b .. c .. 1 .. a == ("a"):rep(50) .. ("b"):rep(50) .. "c1" .. a)
