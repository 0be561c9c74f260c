-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(string.pack("z", "abc"):byte(1, -1)) print(string.pack("s1", "abc"):byte(1, -1)) print(string.pack("<s2", "ab"):byte(1, -1))
print(string.unpack("z", "abc\0def"), string.unpack("s1", "\3abcdef"), string.unpack("c3", "abcdef"))
print(string.pack("c5", "ab"):byte(1, -1)) print(pcall(string.pack, "c1", "ab")) print(pcall(string.pack, "z", "a\0b"))
