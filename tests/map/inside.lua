-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Probes inside what changes maps: it adds keys of its own there. The device's write changes maps.

local device = require("device")
local lunatik = require("lunatik")
local map = require("map")

local counts = map.array(4)
local hash, lru, shared = map.hash(256), map.lru(64), map.hash(64, {shared = true})
local child = lunatik.runtime("tests/map/nested", "hardirq")
child:resume(counts, hash, lru, shared)

local function nop() end

device.new{
	name = "map_inside",
	child = child,
	open = nop,
	release = nop,
	read = function(_, _, offset)
		return offset == 0 and string.format("%d %d %d\n", counts[0], counts[1], counts[2]) or nil
	end,
	write = function()
		for i = 1, 200 do
			hash:add(i % 50)
			lru[i] = i
			shared[i % 50] = i
			hash[(i + 25) % 50] = nil
		end
	end,
}
