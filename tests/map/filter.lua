-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts ICMP packets that leave, and their sizes.

local nf = require("netfilter")
require("map")

local ICMP <const> = 1
local counts, sizes

nf.register{
	pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.FILTER,
	hook = function(skb, network)
		if counts and skb:getbyte(network + 9) == ICMP then
			counts:add("filter")
			sizes:add(#skb - network)
		end
	end,
}

return function(map, histogram)
	counts, sizes = map, histogram
end
