-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- A thread that sleeps until it is stopped.

local linux = require("linux")
local thread = require("thread")

return function ()
	while not thread.shouldstop() do
		linux.schedule(50)
	end
end
