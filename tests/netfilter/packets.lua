-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- For the scripts of this group: reading IP and UDP packets.
-- @module tests.netfilter.packets

local packets = {}

local UDP, TCP = 17, 6

function packets.getuint16(skb, offset)
	return skb:getbyte(offset) << 8 | skb:getbyte(offset + 1)
end

--- The kind of a packet, and whether its length is that of the object.
-- @treturn string "ipv4", "ipv6", "arp" or nil
-- @treturn bool whether the object ends where the packet does
function packets.kind(skb, network)
	local rest = #skb - network
	local first = skb:getbyte(network)
	if first == 0x45 then
		return "ipv4", packets.getuint16(skb, network + 2) == rest
	elseif first >> 4 == 6 then
		return "ipv6", packets.getuint16(skb, network + 4) + 40 == rest
	elseif packets.getuint16(skb, network) == 1 and packets.getuint16(skb, network + 2) == 0x800 then
		return "arp", rest >= 28
	end
end

local function transport(skb, network, protocol)
	local first = skb:getbyte(network)
	if first == 0x45 and skb:getbyte(network + 9) == protocol then
		return network + 20
	elseif first >> 4 == 6 and skb:getbyte(network + 6) == protocol then
		return network + 40
	end
end

--- Returns the destination port of a UDP packet and the offset of its header, or nil.
function packets.udp(skb, network)
	local at = transport(skb, network, UDP)
	if at then
		return packets.getuint16(skb, at + 2), at
	end
end

--- Returns the destination port of a TCP packet and the offset of its payload, or nil.
function packets.tcp(skb, network)
	local at = transport(skb, network, TCP)
	if at then
		return packets.getuint16(skb, at + 2), at + (skb:getbyte(at + 12) >> 4) * 4
	end
end

return packets
