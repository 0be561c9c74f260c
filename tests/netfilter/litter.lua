-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Keeps no hook (D-NF-2), and leaves garbage at each packet.

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

local count = 0

nf.register{
	pf = nf.family.INET, hooknum = nf.inet_hooks.LOCAL_IN, priority = nf.ip_priority.FILTER,
	hook = function(skb, network)
		if packets.udp(skb, network) == 7300 then
			local garbage = {}
			for i = 1, 10 do
				garbage[i] = {skb:getstring(network), tostring(i) .. skb:getstring(network, 30)}
			end
			count = count + 1
			if count == 10000 then
				print("ten thousand packets")
			end
		end
	end,
}

collectgarbage()
