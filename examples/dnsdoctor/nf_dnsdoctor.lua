-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- Gives a client another address of a server: lunatik.com is 10.1.2.3 for 10.1.1.2.
--
--	# lunatik run examples/dnsdoctor/nf_dnsdoctor false

local netfilter = require("netfilter")
local dns = require("examples.dnsdoctor.dns")

local NAME <const> = "\7lunatik\3com"
local CLIENT <const> = 0x0a010102
local ADDRESS <const> = 0x0a010203

local function doctor(skb, ip)
	dns.doctor(skb, ip, NAME, CLIENT, ADDRESS)
	return netfilter.action.ACCEPT
end

netfilter.register{
	pf = netfilter.family.INET,
	hooknum = netfilter.inet_hooks.PRE_ROUTING,
	priority = netfilter.ip_priority.MANGLE + 1,
	hook = doctor,
}
