-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A thread that sleeps for ever, whatever wakes it.

local linux = require("linux")

return function()
	while true do
		pcall(linux.schedule, 1000000)
	end
end
