-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, s in ipairs {"", "abc", "\u{e9}\u{20ac}\u{10000}", "\xff", "a\x80", "\xc0\x80", "\xed\xa0\x80", "\u{7fffffff}"} do print(#s, utf8.len(s)) end
print(utf8.len("a\u{e9}b", 2), utf8.len("a\u{e9}b", -1), utf8.len("abc", 4), utf8.len("\u{7fffffff}", 1, -1, true)) print(pcall(utf8.len, "abc", 5))
