-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for p, c in utf8.codes("a\u{e9}\u{20ac}\u{10348}") do print(p, c) end
print(pcall(function() for _ in utf8.codes("a\xff") do end end) == true)
for p, c in utf8.codes("\u{7fffffff}x", true) do print(p, c) end
for w in ("\u{e9}a\u{20ac}"):gmatch(utf8.charpattern) do print(#w) end
