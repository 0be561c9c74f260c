-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts packets to port 53, for program.bpf.c.

local linux = require("linux")
local xdp = require("xdp")

local PASS <const> = xdp.action.PASS
local PORT <const> = linux.hton16(53)
local IP <const> = 14

local hits = 0

xdp.attach(function(packet)
	local transport = IP + (packet:getuint8(IP) & 15) * 4
	if packet:getuint16(transport + 2) == PORT then
		hits = hits + 1
	end
	return PASS
end)
