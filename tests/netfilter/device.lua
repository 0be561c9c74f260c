-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Hooks of a device that goes: it drops what comes in with the TTL 77.

local nf = require("netfilter")

for _, hooknum in pairs(nf.netdev_hooks) do
	nf.register{
		pf = nf.family.NETDEV, hooknum = hooknum, priority = 0, dev = "nfd0",
		hook = function(skb, network)
			return skb:getbyte(network + 8) == 77 and nf.action.DROP or nf.action.ACCEPT
		end,
	}
end
