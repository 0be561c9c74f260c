-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Lets a hardirq runtime count, and shows what it counted in /dev/probe_hardirq.

local data = require("data")
local device = require("device")
local lunatik = require("lunatik")

local counts = data.new(16)
local child = lunatik.runtime("tests/probe/hardirq", "hardirq")
child:resume(counts)

local function nop() end

device.new{
	name = "probe_hardirq",
	child = child,
	open = nop,
	release = nop,
	read = function(_, _, offset)
		return offset == 0 and string.format("%d %d\n", counts:getnumber(0), counts:getnumber(8)) or nil
	end,
}
