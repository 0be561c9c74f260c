-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A hook that sends what it is fired with to the mailbox that it is handed.

local mailbox = require("mailbox")
local trigger = require("trigger")

return function(kind)
	local box

	trigger.new(function(text)
		box:send(text)
		return "sent"
	end, kind)

	return function(queue, event)
		box = mailbox.outbox(queue, event)
	end
end
