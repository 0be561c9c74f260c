-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Equality of values of the same type: their words differ although their values are the same, and the other way round.
local n = 0
local always = {__eq = function() return true end}
local t, u, w = setmetatable({}, always), setmetatable({}, always), {}
local part = "0123456789012345678901234567890123456789"
local long = part .. part

local function f(p, q)
	local x, y = q, "text"
	x, y = nil, nil
	if x == y then n = n + 1 end
	x, y = 1, p
	x = q == 5
	y = q == 5
	if x == y then n = n + 10 end
	y = not y
	if x == y then n = n + 100 end
	x, y = t, u
	if x == y then n = n + 1000 end
	y = w
	if x ~= y then n = n + 10000 end
	x, y = long, part .. part
	if x == y then n = n + 100000 end
	x, y = "text", "te" .. "xt"
	if x == y then n = n + 1000000 end
	y = q
	if x ~= y then n = n + 10000000 end
	return n
end

return f, function() return n end
