-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- A TCP server that sends back what it gets; each connection has a runtime and a thread of its own.
--
--	# lunatik spawn examples/echod/daemon
--	$ nc 127.0.0.1 1337

local data = require("data")
local inet = require("socket.inet")
local linux = require("linux")
local lunatik = require("lunatik")
local socket = require("socket")
local thread = require("thread")

local workers = {}
local started = 0

local server = inet.tcp()
server:bind(inet.localhost, 1337)
server:listen()

-- The memory that daemon and worker share: the worker's number, and whether it is alive.
local function control(id)
	local shared = data.new(5)
	shared:setuint32(0, id)
	shared:setuint8(4, 1)
	return shared
end

local function start(session)
	started = started + 1
	local shared = control(started)
	local runtime = lunatik.runtime("examples/echod/worker")
	runtime:resume(shared, session)
	workers[started] = {runtime = runtime, control = shared, thread = thread.run(runtime, "echod/worker" .. started)}
end

local function reap(all)
	for id, worker in pairs(workers) do
		if all or worker.control:getuint8(4) == 0 then
			worker.thread:stop()
			worker.runtime:stop()
			workers[id] = nil
		end
	end
end

return function()
	print("echod [daemon]: started")
	while not thread.shouldstop() do
		local ok, session = pcall(server.accept, server, socket.sock.NONBLOCK)
		if ok then
			start(session)
		elseif session == linux.errno.AGAIN then
			reap()
			linux.schedule(100)
		else
			error("accept: error " .. tostring(session))
		end
	end
	reap(true)
	print("echod [daemon]: stopped")
end
