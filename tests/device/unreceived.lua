-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Reports that the last user of its device's file is gone.

local device = require("device")
local linux = require("linux")

device.new{
	name = "device_test_unreceived",
	open = function() end,
	release = function()
		linux.schedule(100)
		print("unreceived: released")
	end,
}
