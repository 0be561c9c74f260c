-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, f in ipairs {"b", "h", "i", "l", "j", "i3", "i5", "i16"} do
	local s = string.pack("<" .. f, -2)
	print(f, s:byte(1, -1)) print(string.unpack("<" .. f, s))
end
print(pcall(string.pack, "b", 128)) print(pcall(string.pack, "B", -1)) print(pcall(string.pack, "i2", 40000))
