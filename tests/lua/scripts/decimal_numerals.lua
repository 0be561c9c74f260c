-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, s in ipairs {"1.5", ".5", "2.", "1e5", "0x1p4", "0x.8", "3x", "9223372036854775808", "a.1", "1 .5"} do
	print(s, load("return " .. s, "=s"))
end
print(load("return 1..2")())
