-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts UDP packets to port 53, and accepts every packet. At this hook point IPv4's header is at 0; here it has no options.

local linux = require("linux")
local nf = require("netfilter")

local ACCEPT <const> = nf.action.ACCEPT
local PORT <const> = linux.hton16(53)
local UDP <const> = 17

local hits = 0

nf.register{
	pf = nf.family.IPV4, hooknum = nf.inet_hooks.PRE_ROUTING, priority = nf.ip_priority.FILTER,
	hook = function(skb)
		if skb:getuint8(9) == UDP and skb:getuint16(22) == PORT then
			hits = hits + 1
		end
		return ACCEPT
	end,
}
