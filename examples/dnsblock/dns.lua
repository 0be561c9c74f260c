-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- The name that a DNS query asks for.

local IPPROTO_UDP <const> = 17
local UDP_HEADER <const> = 8
local DNS_HEADER <const> = 12
local NAME_MAX <const> = 255

local dns = {}

local function port(skb, offset)
	return (">I2"):unpack(skb:getstring(offset, 2))
end

--- Where the DNS message of a query begins.
-- @tparam data skb the packet
-- @tparam integer ip where its IP header begins, of either version
-- @treturn ?integer nil for anything but a UDP packet to port 53
function dns.query(skb, ip)
	local version = skb:getuint8(ip) >> 4
	local udp
	if version == 4 and skb:getuint8(ip + 9) == IPPROTO_UDP then
		udp = ip + (skb:getuint8(ip) & 0xf) * 4
	elseif version == 6 and skb:getuint8(ip + 6) == IPPROTO_UDP then
		udp = ip + 40
	end
	if udp and port(skb, udp + 2) == 53 then
		return udp + UDP_HEADER
	end
end

--- The name that a DNS message asks for first, in small letters.
-- @tparam data skb
-- @tparam integer message where it begins
-- @treturn string such as "example.org"
function dns.question(skb, message)
	local labels = {}
	local at = message + DNS_HEADER
	local stop = at + NAME_MAX
	repeat
		local length = skb:getuint8(at)
		if length > 0 then
			labels[#labels + 1] = skb:getstring(at + 1, length):lower()
		end
		at = at + 1 + length
	until length == 0 or at >= stop
	return table.concat(labels, ".")
end

--- Whether a name is one of a set of domains, or below one.
function dns.within(name, domains)
	while name do
		if domains[name] then
			return true
		end
		name = name:match("%.(.*)$")
	end
	return false
end

return dns
