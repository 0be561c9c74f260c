-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Errors and endless loops; the kernel goes on with ACCEPT.

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

nf.register{
	pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.FILTER,
	hook = function(skb, network)
		local port, at = packets.udp(skb, network)
		local choice = port == 7000 and string.char(skb:getbyte(at + 8))
		if choice == "E" then
			error("planned failure")
		elseif choice == "L" then
			while true do end
		elseif choice == "G" then
			nf.register{pf = nf.family.IPV4, hooknum = 0, priority = 0, hook = print}
		elseif choice == "D" then
			return nf.action.DROP
		end
	end,
}
