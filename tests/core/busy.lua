-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A thread that polls.

local linux = require("linux")
local thread = require("thread")

return function()
	while not thread.shouldstop() do linux.schedule(10) end
end
