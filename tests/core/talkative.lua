-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device that prints and fails.

local device = require("device")

device.new{
	name = "core_talkative",
	open = function() end,
	release = function() end,
	read = function()
		print("talkative: somebody reads")
	end,
	write = function()
		-- Where it says so.

		error("somebody writes")
	end,
}
