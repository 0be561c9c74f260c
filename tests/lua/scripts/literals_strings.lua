-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print("a\tb", 'single', "q\"q", 'q\'q', "\65\066\x41\u{41}\u{20ac}", "a\z
	b", "l1\
l2", #"\0\0")
print([[long
string]], [==[with ]] inside]==], #[[
first newline skipped]])
