-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Devices whose errors look like records of others.

local device = require("device")

device.new{
	name = "core_forging",
	write = function()
		error("first \27[31m\nlunatik: forged: device: message\n")
	end,
}
device.new{name = "core_forgingsession", session = "tests/core/failing_session"}
