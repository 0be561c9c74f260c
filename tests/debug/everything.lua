-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Makes one of each thing that takes memory of the kernel. It leaves out missing libraries, so that it runs on every
-- kernel; an error of any other kind ends it.

local data = require("data")
local device = require("device")
local linux = require("linux")
local lunatik = require("lunatik")
local rcu = require("rcu")
local thread = require("thread")

local small <const> = 262144

-- Objects, and a table that keeps them.
local shared = rcu.table(64)
for i = 1, 20 do
	shared["key" .. i] = data.new(32 * i)
end
rcu.map(shared, function(key, object)
	object:setstring(0, key)
end)

-- The Lua heap: blocks of all sizes, and growth.
local kept = {}
for i = 1, 12 do
	kept[i] = ("x"):rep(1 << i)
end
for i = 1, 300 do
	kept["k" .. i] = {i, tostring(i), string.format("%s-%d", "value", i)}
end
assert(load("return function(...) return select('#', ...) end"))()(1, 2)
coroutine.wrap(function()
	coroutine.yield(table.concat(table.pack(("a b c"):gsub("%w", "%0%0"))))
end)()

-- Runtimes of every kind, with objects passed to them.
for _, context in ipairs {"process", "softirq", "hardirq"} do
	local rt <close> = lunatik.runtime("tests/debug/child", {context = context, memory = small})
	rt:resume(shared, data.new(64))
end

-- Objects between runtimes, if the library is here.
local found, mailbox = pcall(require, "mailbox")
if found then
	local inbox = mailbox.inbox(1024)
	mailbox.outbox(inbox.queue, inbox.event):send(("m"):rep(100))
	inbox:receive(1000)
end

-- Hooks: a device that stays, and a thread.
device.new {name = "debug_everything", open = function() end, read = function() return "" end}
local rt <close> = lunatik.runtime("tests/debug/worker", {memory = small})
local worker = thread.run(rt, "debug_worker")
linux.schedule(1)
worker:stop()

lunatik.list(true)
lunatik.status()
