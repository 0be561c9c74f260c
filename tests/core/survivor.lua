-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device of a script whose body fails.

local device = require("device")

device.new{
	name = "core_survivor",
	open = function() end,
	release = function() end,
	read = function(_, _, offset)
		return offset == 0 and "alive" or nil
	end,
}

return function()
	error("the body is dead")
end
