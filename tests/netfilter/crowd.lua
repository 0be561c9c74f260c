-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- As many hooks at one hook point as all scripts together may have: each does little, or nearly all that its budget allows.

local linux = require("linux")
local nf = require("netfilter")

local HOOKS <const> = 64
local HEAVY <const> = 5000

local busy = false

-- Packets to this port switch it: 40001 makes the hooks expensive, 40002 cheap again.
local function switch(packet, offset)
	local protocol = packet:getuint8(offset + 9)
	local port = protocol == 17 and linux.ntoh16(packet:getuint16(offset + 22))
	if port == 40001 then
		busy = true
	elseif port == 40002 then
		busy = false
	end
end

local function work()
	if busy then
		for _ = 1, HEAVY do end
	end
end

local function register(hook, before)
	return nf.register{hook = hook, pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT,
		priority = nf.ip_priority.FILTER - (before or 0)}
end

register(switch, 1)
for _ = 2, HOOKS do
	register(work)
end
