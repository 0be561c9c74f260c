-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Devices of which a reader sleeps: "sleeps" as it likes, "insists" without an end. And one that counts its files.

local device = require("device")
local linux = require("linux")

local opened, released = 0, 0

local function sleeper(name, state)
	device.new{
		name = "device_test_" .. name,
		open = function() opened = opened + 1 end,
		release = function() released = released + 1 end,
		read = function(_, _, offset)
			while offset == 0 do
				linux.schedule(600000, state)
			end
		end,
	}
end

sleeper("sleeps", linux.task.INTERRUPTIBLE)
sleeper("insists", linux.task.UNINTERRUPTIBLE)
device.new{
	name = "device_test_files",
	open = function() end,
	read = function(_, _, offset)
		return (opened .. " " .. released .. "\n"):sub(offset + 1)
	end,
}
