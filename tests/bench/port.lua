-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts packets to port 53, and accepts every packet.

local linux = require("linux")
local nf = require("netfilter")

local ACCEPT <const> = nf.action.ACCEPT
local PORT <const> = linux.hton16(53)

local hits = 0

nf.register{
	pf = nf.family.IPV4, hooknum = nf.inet_hooks.PRE_ROUTING, priority = nf.ip_priority.FILTER,
	hook = function(skb, network)
		local transport = network + (skb:getuint8(network) & 15) * 4
		if skb:getuint16(transport + 2) == PORT then
			hits = hits + 1
		end
		return ACCEPT
	end,
}
