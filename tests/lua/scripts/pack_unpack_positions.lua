-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = string.pack("<i4i4i4", 1, 2, 3)
print(string.unpack("<i4", s), string.unpack("<i4", s, 5), string.unpack("<i4", s, -4))
print(pcall(string.unpack, "<i4", s, 11)) print(pcall(string.unpack, "<i4", s, 100)) print(string.unpack("<i4i4i4", s))
