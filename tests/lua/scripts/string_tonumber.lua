-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, s in ipairs {"10", " 10 ", "0x10", "-0x10", "-5", "+5", "", " ", "abc", "10a", "0x", "9223372036854775807", "-9223372036854775808", "0xffffffffffffffff", "1 2", "--1", "- 1", "1_0"} do
	print(("%q"):format(s), tonumber(s))
end
