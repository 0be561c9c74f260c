-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Every family and hook point: prints once per kind of packet that it sees there. Returns no verdict (D-NF-8).

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

local function watch(family, point, hooknum, dev)
	local seen = {}
	nf.register{
		pf = nf.family[family], hooknum = hooknum, priority = nf.ip_priority.FIRST, dev = dev,
		hook = function(skb, network)
			local kind, whole = packets.kind(skb, network)
			if kind and not seen[kind] then
				seen[kind] = true
				print(("seen %s %s %s: at %d, %s"):format(family, point, kind, network, whole and "whole" or "odd"))
			end
		end,
	}
end

for _, family in ipairs{"INET", "IPV4", "IPV6"} do
	for point, hooknum in pairs(nf.inet_hooks) do
		watch(family, point, hooknum)
	end
end
for point, hooknum in pairs(nf.bridge_hooks) do
	watch("BRIDGE", point, hooknum)
end
for point, hooknum in pairs(nf.arp_hooks) do
	watch("ARP", point, hooknum)
end
for point, hooknum in pairs(nf.netdev_hooks) do
	watch("NETDEV", point, hooknum, "nfc0")
end
