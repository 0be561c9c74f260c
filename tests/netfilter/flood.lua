-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Reads and writes each packet on its ways in and out.

local nf = require("netfilter")

local function hook(skb, network)
	local ttl = skb:getbyte(network + 8)
	skb:setbyte(network + 8, ttl)
	return nf.action.ACCEPT, #skb
end

for _, point in ipairs{"PRE_ROUTING", "LOCAL_IN", "LOCAL_OUT", "POST_ROUTING"} do
	nf.register{pf = nf.family.IPV4, hooknum = nf.inet_hooks[point], priority = nf.ip_priority.MANGLE, hook = hook}
end
nf.register{pf = nf.family.NETDEV, hooknum = nf.netdev_hooks.INGRESS, priority = 0, dev = "nfc0", hook = hook}
