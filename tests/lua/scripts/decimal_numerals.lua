-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, s in ipairs {"1.5", ".5", "2.", "1e5", "0x1p4", "0x.8", "3x", "9223372036854775808", "a.1", "1 .5"} do
	print(s, load("return " .. s, "=s"))
end
print(load("return 1..2")())
-- Differs from Lua 5.4 as documented; prints:
--> 1.5	nil	s:1: decimal numerals are not available (integers only) near '.5'
--> .5	nil	s:1: decimal numerals are not available (integers only) near '.5'
--> 2.	nil	s:1: <eof> expected near '.'
--> 1e5	nil	s:1: malformed number near '1e5'
--> 0x1p4	nil	s:1: malformed number near '0x1p4'
--> 0x.8	nil	s:1: malformed number near '0x'
--> 3x	nil	s:1: <eof> expected near 'x'
--> 9223372036854775808	nil	s:1: malformed number near '9223372036854775808'
--> a.1	nil	s:1: decimal numerals are not available (integers only) near '.1'
--> 1 .5	nil	s:1: decimal numerals are not available (integers only) near '.5'
--> 12
