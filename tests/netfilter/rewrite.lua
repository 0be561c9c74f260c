-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Rewrites what is forwarded: UDP to ports 7100 (with checksum()), 7101 (without) and 7102 (IPv4: switched off), and each
-- large TCP packet to port 7200, in its middle and at its end.

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

local largest = 0

local function udp(skb, port, at)
	if port < 7100 or port > 7102 or skb:getstring(at + 8, 5) ~= "hello" then
		return
	end
	skb:setstring(at + 8, "HELLO")
	if #skb > at + 1000 then
		skb:setstring(#skb - 5, "WORLD")
	end
	if port == 7100 then
		print("checksum: " .. tostring(skb:checksum()))
	elseif port == 7102 then
		skb:setint16(at + 6, 0)
	end
end

local function tcp(skb, at)
	local size = #skb - at
	if size < 1000 then
		return
	end
	for _, offset in ipairs{at, at + size // 2, #skb - 8} do
		skb:setint64(offset, skb:getint64(offset) ~ 0x2020202020202020)
	end
	skb:checksum()
	if #skb > largest then
		largest = #skb
		print("largest: " .. (largest > 9100 and "segments" or largest > 1600 and "jumbo" or "small"))
	end
end

nf.register{
	pf = nf.family.INET, hooknum = nf.inet_hooks.FORWARD, priority = nf.ip_priority.MANGLE,
	hook = function(skb, network)
		local port, at = packets.udp(skb, network)
		if port then
			return nf.action.ACCEPT, udp(skb, port, at)
		end
		port, at = packets.tcp(skb, network)
		if port == 7200 then
			tcp(skb, at)
		end
	end,
}
