-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device that tries to load a script, and returns the message.

local device = require("device")
local lunatik = require("lunatik")

device.new{
	name = "doctor_opener",
	open = function() end,
	read = function(_, _, offset)
		if offset > 0 then
			return nil
		end
		local ok, message = pcall(lunatik.runtime, "tests/core/child")
		return ok and "it has been loaded" or message
	end,
}
