-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Accepts every packet.

local nf = require("netfilter")

local ACCEPT <const> = nf.action.ACCEPT

nf.register{
	pf = nf.family.IPV4, hooknum = nf.inet_hooks.PRE_ROUTING, priority = nf.ip_priority.FILTER,
	hook = function() return ACCEPT end,
}
