-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device whose first reader makes the script keep twelve megabytes.

local device = require("device")

local kept

device.new{
	name = "safety_shared",
	mode = tonumber("666", 8),
	open = function() end,
	read = function(_, _, offset)
		if offset > 0 then
			return nil
		end
		if not kept then
			local strings = {}
			for i = 1, 12000 do
				strings[i] = ("x"):rep(1000) .. i
			end
			kept = strings
		end
		return "kept\n"
	end,
}
