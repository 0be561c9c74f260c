-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, a in ipairs {7, -7, 0, 1, -1} do
	for _, b in ipairs {2, -2, 3, -3, 7} do print(a, b, a // b) end
end
print(math.mininteger // -1, math.maxinteger // -1)
