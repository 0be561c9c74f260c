-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Makes rings for a probe, and reads them in /dev/ring_test: the number of records, whether their numbers rise, the number
-- of dropped ones.

local device = require("device")
local lunatik = require("lunatik")
local ring = require("ring")

-- A runtime stays as long as something refers to it: the function read does.
local parts = {records = ring.new{size = 1 << 18}, small = ring.new{size = 4096}}
parts.writer = lunatik.runtime("tests/ring/writer", "hardirq")
parts.writer:resume(parts.records, parts.small)

local function drain(r)
	local count, last, rising = 0, 0, true
	while true do
		local n, text = r:read()
		if not n then
			return count, rising, last
		end
		rising = rising and n > last and (text == "call" or text == nil)
		count, last = count + 1, n
	end
end

local function summary()
	local count, rising, last = drain(parts.records)
	local few = drain(parts.small)
	return string.format("%d %s last %d, %d + %d dropped\n", count, rising, last, few, parts.small:dropped())
end

device.new{
	name = "ring_test",
	read = function (_, _, offset)
		return offset == 0 and summary() or nil
	end,
}
