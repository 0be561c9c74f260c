-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a thread that holds the runtime and takes RTNL, again and again, while events of interfaces, which hold
-- RTNL, want the runtime.

local notifier = require("notifier")
local thread = require("thread")

local events, rounds = 0, 0

notifier.netdevice(function() events = events + 1 end)

return function()
	while not thread.shouldstop() do
		notifier.netdevice(function() events = events + 1 end):stop()
		rounds = rounds + 1
	end
	print("abba: left after " .. (rounds > 0 and "many" or "no") .. " rounds")
end
