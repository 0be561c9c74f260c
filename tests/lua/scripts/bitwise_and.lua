-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, a in ipairs {0, 1, -1, 0xff, 0x7fffffffffffffff} do
	for _, b in ipairs {0, 1, 0xf0, -1} do print(a & b, a | b, a ~ b) end
end
