-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A receiver whose memory is full: a message that it cannot take stays, for it or for another.

local mailbox = require("mailbox")

local inbox = mailbox.inbox(1 << 17)
local outbox = mailbox.outbox(inbox.queue, inbox.event)
local message = ("x"):rep(60000)
outbox:send(message)
outbox:send("second")

local kept, size = {}, 1 << 14

-- Made before, as the loop has no memory for it in the end.
local function keep()
	kept[#kept + 1] = #kept .. ("y"):rep(size)
end

while size > 64 do
	local ok = pcall(keep)
	size = ok and size or size >> 1
end
for _ = 1, 3 do
	local ok, why = pcall(inbox.receive, inbox, 0)
	assert(not ok and why == "not enough memory", why)
end
kept = nil
collectgarbage()
assert(inbox:receive(0) == message)
assert(inbox:receive(0) == "second")
local ok, why = pcall(inbox.receive, inbox, 0)
assert(not ok and why:find("timeout"), why)
