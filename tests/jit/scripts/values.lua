-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Values of other types than integers, and variables that change what they hold.
local a, b, c = nil, "text", 1
local t = { x = 1, y = "text", n = false, 10, 20 }

local function f(_, q)
	local v = q == 5
	if not v then v = q end
	if b == "text" then a = c end
	c = v and q or b
	if t.n == false then t.n = nil end
	t.x = q
	t[1] = t[2]
	t.y = 3
	if t.y == 3 then t.y = q ~= 0 end
	v = "other"
	if v == b then return true end
	b = nil
	if a ~= nil then b = "text" end
	if q == 63 then return end
	return t.x == t[1] or v
end

return f, function() return a, b, c, t.x, t.y, t.n, t[1], t[2] end
