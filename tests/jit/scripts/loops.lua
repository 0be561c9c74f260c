-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Loops at the limits, and budgets that end inside of them.
local n = 0

local function f(_, q)
	for i = math and 1 or 1, 3 do n = n + i end
	for i = 9223372036854775805, 9223372036854775807 do n = n ~ i end
	for i = -9223372036854775807, (-9223372036854775807) - 1, -1 do n = n ~ i end
	for i = 1, 0 do n = n + i end
	for _ = 1, 3, 65536 do n = n + 1 end
	local i = 0
	while i < 20 do i = i + 1 if i == 15 then goto out end end
	::out::
	repeat i = i - 1 until i <= q
	for a = q, q + 5 do
		for b = a, a - 5, -2 do n = n + a * b end
	end
	return n
end

return f, function() return n end
