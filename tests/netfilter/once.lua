-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Drops the first packet to port 7000, and stops from inside the callback, twice.

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

local hook

hook = nf.register{
	pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.FILTER,
	hook = function(skb, network)
		if packets.udp(skb, network) == 7000 then
			hook:stop()
			hook:stop()
			return nf.action.DROP
		end
	end,
}
