-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- IPv4 addresses as integers and as text.
-- @module net

local net = {}

local function octet(text)
	local value = #text <= 3 and tonumber(text)
	return value and value <= 255 and value
end

--- Turns a dotted address into an integer.
-- @tparam string address four decimal numbers of 0 .. 255, such as "10.1.2.3"
-- @treturn int the address in host byte order, the first number in the highest byte
-- @raise for any other text
function net.aton(address)
	local text = tostring(address)
	local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
	if a then
		a, b, c, d = octet(a), octet(b), octet(c), octet(d)
	end
	if not (a and b and c and d) then
		error(("bad argument #1 to 'aton' (an IPv4 address such as 10.1.2.3 expected, got %q)"):format(text), 2)
	end
	return a << 24 | b << 16 | c << 8 | d
end

--- Turns an integer into a dotted address.
-- @tparam int address in host byte order; its low 32 bits count
-- @treturn string
function net.ntoa(address)
	return ("%d.%d.%d.%d"):format(address >> 24 & 0xff, address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff)
end

return net
