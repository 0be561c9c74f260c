-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that sends numbered messages of many lengths; when the queue is full, it tries again.

local linux = require("linux")
local mailbox = require("mailbox")

return function(queue, event, order)
	local box = mailbox.outbox(queue, event)
	local id, n = order:getnumber(0), order:getnumber(8)
	return function()
		for i = 1, n do
			local message = string.format("%d:%d:%s", id, i, string.rep(tostring(id), i % 97))
			while not pcall(box.send, box, message) do
				linux.schedule(1)
			end
		end
	end
end
