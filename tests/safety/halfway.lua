-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Fails when its device exists already.

local device = require("device")

device.new{
	name = "safety_halfway",
	open = function() end,
	release = function() end,
	read = function() return "must not be read" end,
}

error("after the device")
