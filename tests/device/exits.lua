-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device whose release does what needs paths: a task that exits runs it without a root folder.

local device = require("device")
local lunatik = require("lunatik")

device.new{
	name = "device_test_exits",
	open = function() end,
	release = function()
		lunatik.runtime("tests/core/child"):stop()
		dofile("/lib/modules/lua/tests/core/module_file.lua")
		device.new{
			name = "device_test_heir",
			open = function() end,
			read = function(_, _, offset)
				return offset == 0 and "heir" or nil
			end,
		}
	end,
}
