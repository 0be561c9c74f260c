-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- Drops DNS queries for some domains, and for what is below them, where they leave this machine.
--
--	# lunatik run examples/dnsblock/nf_dnsblock false

local netfilter = require("netfilter")
local dns = require("examples.dnsblock.dns")

local action = netfilter.action

local domains = {
	["github.com"] = true,
	["gitlab.com"] = true,
}

local function filter(skb, ip)
	local message = dns.query(skb, ip)
	if not message then
		return action.ACCEPT
	end
	local name = dns.question(skb, message)
	if not dns.within(name, domains) then
		return action.ACCEPT
	end
	print("DNS query for " .. name .. " blocked")
	return action.DROP
end

netfilter.register{
	pf = netfilter.family.INET,
	hooknum = netfilter.inet_hooks.LOCAL_OUT,
	priority = netfilter.ip_priority.FILTER,
	hook = filter,
}
