-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Handles in variables that change: a guard holds as long as its variable keeps the value.
local n = 0
local other

local function f(p, q)
	n = n + p:u8(0)
	local s = p
	for i = 1, 3 do
		n = n + s:u8(i) + p:u8(i + 1)
		if i == 2 then s = q end
		if i == 2 and q == 5 then s = p end
		if q ~= 5 then s = p end
	end
	if q == 0 then p = other end
	if q == 1 then p = s end
	if q == 1000 then p = "text" end
	other = s
	n = n + p:u16(4)
	p = q > 3 and p or s
	n = n + p:u8(5) + s:u8(6)
	return n
end

return f, function() return n end
