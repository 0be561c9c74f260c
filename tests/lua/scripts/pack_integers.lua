-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, f in ipairs {"b", "B", "h", "H", "i", "I", "l", "L", "j", "J", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "I3", "T"} do
	local s = string.pack("<" .. f, 100)
	print(f, #s, string.unpack("<" .. f, s))
	print(string.packsize(f), ((">" .. f):len()), string.pack(">" .. f, 1):byte(1, -1))
end
