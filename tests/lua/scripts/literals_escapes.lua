-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, s in ipairs {"\a", "\b", "\f", "\n", "\r", "\t", "\v", "\\", "\"", "\'", "\0", "\255", "\x7f"} do
	print(#s, s:byte())
end
