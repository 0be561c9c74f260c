-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Hooks at packets, with objects, for a softirq runtime.

local data = require("data")
local netfilter = require("netfilter")

local counters = data.new(64)

for _, hook in ipairs{"PRE_ROUTING", "LOCAL_IN", "FORWARD", "LOCAL_OUT", "POST_ROUTING"} do
	netfilter.register{
		pf = netfilter.family.INET, hooknum = netfilter.inet_hooks[hook], priority = netfilter.ip_priority.LAST,
		hook = function(skb, network)
			counters:setnumber(0, counters:getnumber(0) + #skb)
			local _ = skb:getstring(network, 20)
		end,
	}
end

-- A device that goes takes its hook with it.
pcall(netfilter.register, {
	pf = netfilter.family.NETDEV, hooknum = netfilter.netdev_hooks.INGRESS, priority = 0, dev = "tcx",
	hook = function() return netfilter.action.ACCEPT end,
})
