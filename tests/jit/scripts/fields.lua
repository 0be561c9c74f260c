-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Fields at constant and computed offsets, nested, of all sizes, and beyond the end.
local seen = 0

local function f(p, q)
	seen = p:u8(0)
	if p:u8(9) ~= 0xdc then return 1 end
	local header = (p:u8(0) & 15) * 2
	seen = seen + p:u16(header)
	seen = seen + p:u8(p:u8(p:u8(4)))
	seen = seen + p:s8(1) + p:s16(2) + p:s32(8) + p:i64(4) + p:plain(3)
	p:w8(5, seen)
	p:w16(6, seen)
	p:w32(8, q)
	seen = seen + p:u32(8)
	if q == 5 then seen = p:u8(12) end
	if q == 1 then seen = p:u16(11) end
	if q == 1000 then seen = p:u8(-1) end
	return p:i64(q)
end

return f, function() return seen end
