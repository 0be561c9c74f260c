-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- A target of iptables: gives some clients another address of a server.
--
--	# lunatik run examples/dnsdoctor/dnsdoctor false
--	# lunatik-xtables install dnsdoctor
--	# iptables -t mangle -A PREROUTING -p udp --sport 53 -j dnsdoctor

local xtable = require("xtable")
local dns = require("examples.dnsdoctor.dns")

local function nop() end

-- userargs: name with its length, client, address, as libxt_dnsdoctor.lua packs them.
local function target(skb, _, userargs)
	dns.doctor(skb, 0, (">s4I4I4"):unpack(userargs))
	return xtable.action.ACCEPT
end

xtable.target{
	name = "dnsdoctor",
	revision = 0,
	family = xtable.family.UNSPEC,
	proto = 0,
	hooks = 0,
	target = target,
	checkentry = nop,
	destroy = nop,
}
