-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Marks: one hook sets them, others filter on them (A12, A13, D-NF-6).

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

local marks = {["1"] = 41, ["2"] = 42, ["3"] = 0xffffffff, ["0"] = 0}

local function choice(skb, network)
	local port, at = packets.udp(skb, network)
	if port == 7000 then
		return string.char(skb:getbyte(at + 8))
	end
end

local function register(priority, mark, hook)
	nf.register{pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = priority, mark = mark, hook = hook}
end

register(nf.ip_priority.RAW, nil, function(skb, network)
	return nf.action.ACCEPT, marks[choice(skb, network)]
end)

for name, mark in pairs{absent = false, zero = 0, answer = 42, all = 0xffffffff} do
	register(nf.ip_priority.FILTER, mark or nil, function(skb, network)
		local which = choice(skb, network)
		if which then
			print(("mark %s saw %s"):format(name, which))
		end
	end)
end
