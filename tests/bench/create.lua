-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- /dev/lunatik_bench_create: reading a byte creates a runtime and stops it.

local device = require("device")
local lunatik = require("lunatik")

device.new{
	name = "lunatik_bench_create",
	open = function() end,
	read = function()
		lunatik.runtime("tests/bench/nothing"):stop()
		return "\0"
	end,
}
