-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local v = {"", "a", "ab", "b", "a\0b", "a\0c", "\0", "A", "\xff"}
for _, a in ipairs(v) do
	local r = {}
	for _, b in ipairs(v) do r[#r + 1] = (a < b and "<" or a > b and ">" or "=") end
	print(table.concat(r))
end
