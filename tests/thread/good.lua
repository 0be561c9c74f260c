-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a body that sleeps until it should stop.

local linux = require("linux")
local thread = require("thread")

return function()
	while not thread.shouldstop() do
		linux.schedule(20)
	end
	print("good: left by itself")
end
