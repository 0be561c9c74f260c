-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, c in ipairs {"a", "A", "e", "E", "f", "F", "g", "G"} do print(c, pcall(string.format, "%" .. c, 1)) end
for _, c in ipairs {"f", "d"} do print(c, pcall(string.pack, c, 1), pcall(string.unpack, c, "12345678")) end
print(string.pack("<n", -2):byte(1, -1)) print(string.unpack("<n", string.pack("<n", -2)))
