-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, n in ipairs {0, 1, -1, 42, -42, math.maxinteger, math.mininteger} do
	print(("%d|%5d|%-5d|%05d|%+d|% d|%i"):format(n, n, n, n, n, n, n))
	print(("%x|%X|%#x|%o|%#o|%10x|%-10X|%u"):gsub("|%%u", ""):format(n, n, n, n, n, n, n))
end
