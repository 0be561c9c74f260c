-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(utf8.codepoint("abc", 1, -1)) print(utf8.codepoint("\u{20ac}x")) print(utf8.codepoint("abc", 2)) print(utf8.codepoint("abc", 3, 2))
print(pcall(utf8.codepoint, "abc", 4)) print(pcall(utf8.codepoint, "\xff") == true)
