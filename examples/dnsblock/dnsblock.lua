-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- A match of iptables: DNS queries for some domains, and for what is below them.
--
--	# lunatik run examples/dnsblock/dnsblock false
--	# lunatik-xtables install dnsblock
--	# iptables -A OUTPUT -m dnsblock -j DROP
--	# iptables -A OUTPUT -m dnsblock --domain example.org -j DROP

local xtable = require("xtable")
local dns = require("examples.dnsblock.dns")

local domains = {
	["github.com"] = true,
	["gitlab.com"] = true,
}

local function nop() end

-- userargs is what the option --domain gave, padded with zeros.
local function match(skb, _, userargs)
	local message = dns.query(skb, 0)
	if not message then
		return false
	end
	local name = dns.question(skb, message)
	local domain = userargs:match("^%Z+")
	local blocked = dns.within(name, domain and {[domain] = true} or domains)
	if blocked then
		print("DNS query for " .. name .. " blocked")
	end
	return blocked
end

xtable.match{
	name = "dnsblock",
	revision = 1,
	family = xtable.family.UNSPEC,
	proto = 0,
	hooks = 0,
	match = match,
	checkentry = nop,
	destroy = nop,
}
