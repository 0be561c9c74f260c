-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- The step of a loop that comes from two places is not the constant before the loop.
local n, m = 0, 0

local function f(_, q)
	for i = 1, 10, q > 0 and 1 or 3 do
		n = n + i
	end
	for i = 10, 1, q > 0 and -1 or -3 do
		m = m + i
	end
	return n
end

return f, function() return n, m end
