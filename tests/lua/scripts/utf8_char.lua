-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(utf8.char(), utf8.char(65, 66), utf8.char(0x20ac), utf8.char(0x10ffff):byte(1, -1)) print(utf8.char(0x7fffffff):byte(1, -1)) print(pcall(utf8.char, -1)) print(pcall(utf8.char, 0x80000000))
