-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Messages between runtimes: a fifo, and a completion that counts what is in it.
-- Any number of runtimes may send to a queue and receive from it: a message is put and taken as a whole. Sending never
-- waits, and works in every context; receiving needs an entry that may sleep.
-- @module mailbox

local completion = require("completion")
local fifo = require("fifo")
local linux = require("linux")

local mailbox = {}

local NANOSECONDS <const> = 1000000 -- in a millisecond

local inbox = {}
inbox.__index = inbox

local outbox = {}
outbox.__index = outbox

local function new(class, queue, event)
	if type(queue) ~= "userdata" then
		queue, event = fifo.new(queue), completion.new()
	elseif not queue.popmessage then
		error("bad argument #1 (fifo or size expected)", 3)
	elseif type(event) ~= "userdata" or not event.complete then
		error("bad argument #2 (completion expected)", 3)
	end
	return setmetatable({queue = queue, event = event}, class)
end

--- Makes the end of a mailbox that receives.
-- @tparam fifo|integer queue a fifo that others send to, or the size in bytes of a new one
-- @tparam[opt] completion event of the same mailbox; required with a fifo
-- @treturn table with the fields `queue` and `event`, for the peer's runtime
-- @raise the errors of `fifo.new`; a new mailbox needs an entry that may sleep
function mailbox.inbox(queue, event)
	return new(inbox, queue, event)
end

--- Makes the end of a mailbox that sends; as `mailbox.inbox`.
function mailbox.outbox(queue, event)
	return new(outbox, queue, event)
end

--- Sends a message. Context: any.
-- @tparam string message at most 65528 bytes; it takes 8 bytes more of the queue
-- @raise "not enough space" if it does not fit into the queue
function outbox:send(message)
	self.queue:pushmessage(message)
	self.event:complete()
end

function outbox.receive()
	error("send-only mailbox", 2)
end

function inbox.send()
	error("receive-only mailbox", 2)
end

local function remaining(deadline)
	local left = (deadline - linux.clock()) // NANOSECONDS
	return left < 0 and 0 or left
end

-- Takes a message. One that cannot be taken for lack of memory is still there, and so is its count: a malformed one is gone.
local function take(self)
	local ok, message, length = pcall(self.queue.popmessage, self.queue)
	if ok then
		return message, length
	end
	if not message:find("malformed message", 1, true) then
		self.event:complete()
	end
	error(message, 0)
end

--- Waits for a message and takes it.
-- A receiver goes on waiting if another one was faster.
-- @tparam[opt] integer timeout milliseconds: 0 only looks, nil waits for ever
-- @treturn string the message
-- @treturn integer its length
-- @raise a message that ends in "timeout" or "interrupt"
-- @raise "malformed message" if the queue holds something else, which is dropped
-- @raise "not enough memory", and the message stays
-- @raise without an entry that may sleep
function inbox:receive(timeout)
	local limited = timeout and timeout < math.maxinteger // (2 * NANOSECONDS)
	local deadline = limited and linux.clock() + timeout * NANOSECONDS
	while true do
		local ok, why = self.event:wait(timeout)
		if not ok then
			error("no message: " .. why, 2)
		end
		local message, length = take(self)
		if message then
			return message, length
		end
		timeout = limited and remaining(deadline) or timeout
	end
end

return mailbox
