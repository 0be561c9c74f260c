-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print("\0651", "\x411", "\u{41}1", "\9\10" == "\t\n")
for _, s in ipairs {[["\300"]], [["\xg"]], [["\u{110000000}"]], [["\q"]], [["abc]], "[[abc", [["\u41"]]} do
	print((select(2, load("return " .. s, "=s")):gsub("^.-:%d+: ", "")))
end
