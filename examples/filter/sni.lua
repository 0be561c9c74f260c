-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- Drops TLS handshakes with servers of some names. The eBPF program https.bpf.c passes it what may be one.
--
--	# lunatik run examples/filter/sni false
--	# xdp-loader load -m skb eth0 /usr/lib/lunatik/examples/filter/https.o

local xdp = require("xdp")
local servername = require("examples.filter.tls")

local action = xdp.action

local blocked = {
	["ebpf.io"] = true,
}

-- The argument holds, in network byte order, where the packet's payload begins.
local function filter(packet, argument)
	local payload = (">I2"):unpack(argument:getstring(0, 2))
	local name = servername(packet:getstring(payload))
	if not name then
		return action.PASS
	end
	local verdict = blocked[name:lower()] and "DROP" or "PASS"
	print(("filter_sni: %s %s"):format(name, verdict))
	return action[verdict]
end

xdp.attach(filter)
