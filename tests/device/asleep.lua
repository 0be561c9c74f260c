-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body for a thread that sleeps until it is stopped.

local linux = require("linux")

return function()
	while not require("thread").shouldstop() do
		linux.schedule(600000)
	end
end
