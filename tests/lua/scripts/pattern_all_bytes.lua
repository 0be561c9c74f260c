-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, c in ipairs {"a", "c", "d", "g", "l", "p", "s", "u", "w", "x"} do
	local n = 0
	for i = 0, 255 do if string.char(i):find("%" .. c) then n = n + i end end
	print(c, n)
end
