-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Something of everything that a process script can hold, for run and stop in quick succession; libraries that this kernel lacks are left
-- out. Its files are used meanwhile.

local completion = require("completion")
local data = require("data")
local device = require("device")
local fifo = require("fifo")
local linux = require("linux")
local lunatik = require("lunatik")
local rcu = require("rcu")
local socket = require("socket")
local thread = require("thread")

-- A library, or nothing where it cannot be had.
local function maybe(name)
	local ok, library = pcall(require, name)
	return ok and library or nil
end

local buffer, queue, event, shared = data.new(4096), fifo.new(1024), completion.new(), rcu.table(16)
shared.buffer, shared.queue, shared.event = buffer, queue, event

local driver = {name = "torture_cycle", mode = linux.stat.IRUGO | linux.stat.IWUGO}

function driver.open()
end

-- Waits until something was written, or for ever.
function driver.read(_, length)
	event:wait()
	return buffer:getstring(0, math.min(length, 64))
end

function driver.write(_, text)
	if text:sub(1, 6) == "socket" then
		-- Of the writer's network namespace; it outlives the call.
		shared["socket" .. linux.random(4)] = socket.new(socket.af.INET, socket.sock.DGRAM, 0)
	elseif text:sub(1, 5) == "sleep" then
		linux.schedule()
	end
	buffer:setstring(0, text:sub(1, 64))
	event:complete()
end

device.new(driver)

local notifier = maybe("notifier")
if notifier then
	notifier.netdevice(function() queue:push("") end)
end
local probe = maybe("probe")
if probe then
	probe.new("do_sys_openat2", {pre = function() buffer:setbyte(100, 1) end})
end

for _, context in ipairs{"process", "softirq", "hardirq"} do
	local rt = lunatik.runtime("tests/torture/nothing", {context = context, memory = 131072 * 2})
	rt:resume(buffer, queue)
end

local worker = lunatik.runtime("tests/torture/waiter")
thread.run(worker, "torture_waiter")
