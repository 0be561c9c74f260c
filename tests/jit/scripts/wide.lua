-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- More variables than those whose types are followed.
local sum = 0

local function f(_, q)
	local a0, a1, a2, a3, a4, a5, a6, a7, a8, a9 = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	local b0, b1, b2, b3, b4, b5, b6, b7, b8, b9 = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	local c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	local d0, d1, d2, d3, d4, d5, d6, d7, d8, d9 = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	local e0, e1, e2, e3, e4, e5, e6, e7, e8, e9 = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	local f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	local g0, g1, g2, g3, g4, g5, g6, g7, g8, g9 = q, 1, 2, 3, 4, 5, 6, 7, 8, 9
	for i = 1, g5 do
		for j = i, 1, -1 do
			g6 = g6 + i * j ~ g0
		end
	end
	sum = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7 + b8 + b9
	sum = sum + c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + d0 + d1 + d2 + d3 + d4 + d5 + d6 + d7 + d8 + d9
	sum = sum + e0 + e1 + e2 + e3 + e4 + e5 + e6 + e7 + e8 + e9 + f0 + f1 + f2 + f3 + f4 + f5 + f6 + f7 + f8 + f9
	sum = sum + g0 + g1 + g2 + g3 + g4 + g5 + g6 + g7 + g8 + g9
	return sum
end

return f, function() return sum end
