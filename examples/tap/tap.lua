-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- /dev/tap: each read waits for a frame, of whatever interface, and describes it:
-- destination, source, type, size.
--
--	# lunatik run examples/tap
--	# cat /dev/tap

local device = require("device")
local linux = require("linux")
local socket = require("socket")

local MTU <const> = 1500
local ETH_P_ALL <const> = 0x0003	-- <linux/if_ether.h>

local tap = socket.new(socket.af.PACKET, socket.sock.RAW, linux.hton16(ETH_P_ALL))

local function nop() end

local driver = {name = "tap", mode = linux.stat.IRUGO, open = nop, release = nop}

local function mac(address)
	return ("%X:%X:%X:%X:%X:%X"):format(address:byte(1, -1))
end

local function describe(frame)
	local destination, source, kind = (">c6c6I2"):unpack(frame)
	return ("%s\t%s\t%X\t%d\n"):format(mac(destination), mac(source), kind, #frame)
end

-- The rest of a line behind a short read.
local rest = ""

function driver:read(length)
	if rest == "" then
		rest = describe(tap:receive(MTU))
	end
	local piece = rest:sub(1, length)
	rest = rest:sub(length + 1)
	return piece
end

device.new(driver)
