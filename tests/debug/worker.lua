-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The body of a thread: allocates until it should stop.

local linux = require("linux")
local thread = require("thread")

return function()
	while not thread.shouldstop() do
		table.concat({linux.time(), "text"}, " ")
		linux.schedule(5)
	end
end
