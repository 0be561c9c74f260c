-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A filter, a probe and a device count in one map; /dev/map_counters shows it.

local device = require("device")
local lunatik = require("lunatik")
local map = require("map")

local counts, sizes = map.hash(16, {key = 16}), map.histogram()
local children = {lunatik.runtime("tests/map/filter", "softirq"), lunatik.runtime("tests/map/probing", "hardirq")}
for _, child in ipairs(children) do
	child:resume(counts, sizes)
end

local function nop() end

device.new{
	name = "map_counters",
	children = children,
	open = nop,
	release = nop,
	read = function(_, _, offset)
		if offset > 0 then
			return nil
		end
		counts:add("device")
		local lines = {}
		for k, v in counts:pairs() do
			lines[#lines + 1] = k .. "=" .. v
		end
		table.sort(lines)
		return table.concat(lines, " ") .. "\n" .. tostring(sizes)
	end,
}
