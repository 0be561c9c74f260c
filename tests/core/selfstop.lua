-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device whose writer stops the script from inside.

local device = require("device")
local lunatik = require("lunatik")

device.new{
	name = "core_selfstop",
	open = function() end,
	release = function() end,
	write = function()
		lunatik.stop("tests/core/selfstop")
	end,
}
