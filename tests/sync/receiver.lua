-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that receives messages of sender.lua: d counts good and bad ones, and sums the numbers of the good ones.

local mailbox = require("mailbox")
local thread = require("thread")

local function isgood(message)
	local sender, number, body = message:match("^(%d+):(%d+):(.*)$")
	return sender and body == string.rep(sender, number % 97) and number
end

return function(queue, event, d)
	local box = mailbox.inbox(queue, event)
	return function()
		while not thread.shouldstop() do
			local ok, message = pcall(box.receive, box)
			local number = ok and isgood(message)
			if number then
				d:setnumber(0, d:getnumber(0) + 1)
				d:setnumber(16, d:getnumber(16) + number)
			elseif ok or not message:find("interrupt$") then
				d:setnumber(8, d:getnumber(8) + 1)
			end
		end
	end
end
