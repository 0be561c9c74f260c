-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Fails closed: drops every packet that its function could not evaluate.

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

nf.register{
	pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.FILTER,
	fallback = nf.action.DROP,
	hook = function(skb, network)
		local port, at = packets.udp(skb, network)
		local choice = port == 7000 and string.char(skb:getbyte(at + 8))
		if choice == "E" then
			error("planned failure")
		elseif choice == "L" then
			while true do end
		elseif choice == "W" then
			return "accept"
		end
	end,
}
