-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- Drops TLS handshakes with servers of some names, where packets leave this machine.
--
--	# lunatik run examples/filter/nf_sni softirq

local netfilter = require("netfilter")
local servername = require("examples.filter.tls")

local action = netfilter.action

local blocked = {
	["ebpf.io"] = true,
}

local IPPROTO_TCP <const> = 6

-- Where the payload of a TCP segment to port 443 begins; the IP header begins at ip.
local function payload(skb, ip)
	local version = skb:getuint8(ip) >> 4
	local tcp
	if version == 4 and skb:getuint8(ip + 9) == IPPROTO_TCP then
		tcp = ip + (skb:getuint8(ip) & 0xf) * 4
	elseif version == 6 and skb:getuint8(ip + 6) == IPPROTO_TCP then
		tcp = ip + 40
	end
	if tcp and (">I2"):unpack(skb:getstring(tcp + 2, 2)) == 443 then
		return tcp + (skb:getuint8(tcp + 12) >> 4) * 4
	end
end

local function filter(skb, ip)
	local start = payload(skb, ip)
	local name = start and start < #skb and servername(skb:getstring(start, math.min(#skb - start, 1500)))
	if not name then
		return action.ACCEPT
	end
	local verdict = blocked[name:lower()] and "DROP" or "ACCEPT"
	print(("filter_sni: %s %s"):format(name, verdict))
	return action[verdict]
end

netfilter.register{
	pf = netfilter.family.INET,
	hooknum = netfilter.inet_hooks.LOCAL_OUT,
	priority = netfilter.ip_priority.FILTER,
	hook = filter,
}
