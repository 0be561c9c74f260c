-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = string.pack("<bhi4s2z", -1, 300, 70000, "str", "zero")
print(#s, string.unpack("<bhi4s2z", s))
print(string.pack("=I4", 1):byte(1, -1)) print(pcall(string.pack, "y", 1)) print(pcall(string.pack, "c", "x")) print(pcall(string.pack, "i"))
