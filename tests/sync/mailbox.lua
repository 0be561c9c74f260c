-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Mailboxes, seen by a script's body.

local completion = require("completion")
local data = require("data")
local fifo = require("fifo")
local linux = require("linux")
local lunatik = require("lunatik")
local mailbox = require("mailbox")
local thread = require("thread")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local SENDERS <const> = 3
local RECEIVERS <const> = 3
local MESSAGES <const> = 300

local function pair(size)
	local box = mailbox.inbox(size)
	return box, mailbox.outbox(box.queue, box.event)
end

local function receives(box, timeout, expected)
	local message, length = box:receive(timeout)
	equal(message, expected)
	equal(length, #expected)
end

test("messages arrive whole and in order", function()
	local inbox, outbox = pair(1024)
	for _, message in ipairs {"one", "", "a\0b", string.rep("x", 500)} do
		outbox:send(message)
	end
	for _, message in ipairs {"one", "", "a\0b", string.rep("x", 500)} do
		receives(inbox, nil, message)
	end
end)

test("either end may make the queue", function()
	local outbox = mailbox.outbox(64)
	local inbox = mailbox.inbox(outbox.queue, outbox.event)
	outbox:send("x")
	receives(inbox, 0, "x")
end)

test("nothing arrives", function()
	local inbox = pair(64)
	raises("timeout", inbox.receive, inbox, 0)
	local before = linux.time()
	raises("timeout", inbox.receive, inbox, 50)
	equal(linux.difftime(linux.time(), before) >= 50000000, true)
	raises("timeout is negative", inbox.receive, inbox, -1)
end)

test("the wrong end", function()
	local inbox, outbox = pair(64)
	raises("receive-only mailbox", inbox.send, inbox, "x")
	raises("send-only mailbox", outbox.receive, outbox)
end)

test("wrong arguments", function()
	raises("failed to allocate kfifo (-22)", mailbox.inbox, 0)
	raises("completion expected", mailbox.inbox, fifo.new(16))
	raises("number expected", mailbox.outbox)
	raises("fifo or size expected", mailbox.inbox, completion.new(), fifo.new(16))
	raises("completion expected", mailbox.outbox, fifo.new(16), fifo.new(16))
end)

test("a full queue", function()
	local inbox, outbox = pair(32)
	outbox:send("0123456789")
	raises("not enough space", outbox.send, outbox, "0123456")
	outbox:send("012345")
	receives(inbox, 0, "0123456789")
	receives(inbox, 0, "012345")
	raises("timeout", inbox.receive, inbox, 0)
end)

test("D-MBX-1: malformed messages", function()
	local inbox, outbox = pair(64)
	for _, bad in ipairs {"x", string.pack("T", 1000) .. "1000", string.pack("j", -1)} do
		inbox.queue:push(bad)
		inbox.event:complete()
		raises("malformed message", inbox.receive, inbox, 0)
		outbox:send("good")
		receives(inbox, 0, "good")
	end
end)

test("D-MBX-2: an event without a message is not nil", function()
	local inbox, outbox = pair(64)
	for _ = 1, 5 do inbox.event:complete() end
	local before = linux.time()
	raises("timeout", inbox.receive, inbox, 100)
	equal(linux.difftime(linux.time(), before) >= 100000000, true)
	inbox.event:complete()
	outbox:send("x")
	receives(inbox, nil, "x")
end)

local function run(script, box, ...)
	local rt = lunatik.runtime("tests/sync/" .. script)
	rt:resume(box.queue, box.event, ...)
	return rt, thread.run(rt, script)
end

test("D-MBX-1: several senders, several receivers", function()
	local inbox, outbox = pair(4096)
	local counts, threads, rts = {}, {}, {}
	for i = 1, RECEIVERS do
		counts[i] = data.new(24)
		rts[#rts + 1], threads[#threads + 1] = run("receiver", inbox, counts[i])
	end
	for i = 1, SENDERS do
		local order = data.new(24)
		order:setnumber(0, i)
		order:setnumber(8, MESSAGES)
		rts[#rts + 1] = run("sender", outbox, order)
	end
	local function sum(offset)
		local n = 0
		for i = 1, RECEIVERS do n = n + counts[i]:getnumber(offset) end
		return n
	end
	for _ = 1, 6000 do
		if sum(0) + sum(8) >= SENDERS * MESSAGES then break end
		linux.schedule(10)
	end
	equal(sum(8), 0, "broken messages")
	equal(sum(0), SENDERS * MESSAGES, "messages")
	equal(sum(16), SENDERS * MESSAGES * (MESSAGES + 1) // 2, "sum of their numbers")
	for _, t in ipairs(threads) do t:stop() end
	for _, rt in ipairs(rts) do rt:stop() end
end)

test("a message that memory has no room for stays", function()
	local rt <close> = lunatik.runtime("tests/sync/tight", {memory = 1 << 20})
end)

test("an interrupted receiver says so", function()
	local inbox = pair(64)
	local d = data.new(24)
	local rt <close>, t = run("receiver", inbox, d)
	linux.schedule(30)
	t:stop()
	equal(d:getnumber(0), 0)
	equal(d:getnumber(8), 0)
end)

cases.finish()
