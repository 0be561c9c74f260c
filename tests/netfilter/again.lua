-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Undoes at the way out what rewrite.lua did to TCP packets: the same bytes are changed a second time.

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

nf.register{
	pf = nf.family.INET, hooknum = nf.inet_hooks.POST_ROUTING, priority = nf.ip_priority.LAST,
	hook = function(skb, network)
		local port, at = packets.tcp(skb, network)
		local size = at and #skb - at
		if port ~= 7200 or size < 1000 then
			return
		end
		for _, offset in ipairs{at, at + size // 2, #skb - 8} do
			skb:setint64(offset, skb:getint64(offset) ~ 0x2020202020202020)
		end
		skb:checksum()
	end,
}
