-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device whose reader adds a rule, with the reader's rights.

local device = require("device")
local fib = require("fib")

local function nothing() end

device.new({name = "fib_test", mode = 292, open = nothing, release = nothing, read = function (_, _, offset)
	if offset > 0 then
		return ""
	end
	local _, message = pcall(fib.newrule, 78, 10079)
	return tostring(message)
end})
