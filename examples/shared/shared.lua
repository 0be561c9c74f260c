-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- Values by name, for everybody on this machine who can open a TCP connection.
--
--	# lunatik spawn examples/shared
--	$ nc 127.0.0.1 90
--	color=blue		assign
--	color			read: prints blue
--	color=			delete

local inet = require("socket.inet")
local linux = require("linux")
local rcu = require("rcu")
local data = require("data")
local socket = require("socket")
local thread = require("thread")

local DONTWAIT <const> = socket.msg.DONTWAIT
local NONBLOCK <const> = socket.sock.NONBLOCK
local AGAIN <const> = linux.errno.AGAIN
local LINE_MAX <const> = 1024

-- Any runtime could use the table; here, only this one does.
local values = rcu.table()

local function store(key, value)
	local object = data.new(#value)
	object:setstring(0, value)
	values[key] = object
end

-- The answer to a line; nil ends the connection.
local function answer(line)
	local key, value = line:match("^(%w+)=(%w*)$")
	if not key then
		key = line:match("^(%w+)$")
		return key and tostring(values[key] or "") .. "\n"
	end
	if value == "" then
		values[key] = nil
	else
		store(key, value)
	end
	return ""
end

-- Bytes that have arrived, "" at the end. Other sessions go on while nothing arrives.
local function receive(session)
	while true do
		local ok, bytes = pcall(session.receive, session, LINE_MAX, DONTWAIT)
		if ok then
			return bytes
		elseif bytes ~= AGAIN then
			return ""
		end
		coroutine.yield()
	end
end

local function serve(session)
	local received = ""
	while #received <= LINE_MAX do
		local line, rest = received:match("^(.-)\r?\n(.*)$")
		if line then
			local text = answer(line)
			if not text then
				return
			elseif text ~= "" then
				session:send(text)
			end
			received = rest
		else
			local bytes = receive(session)
			if bytes == "" then
				return
			end
			received = received .. bytes
		end
	end
end

local server = inet.tcp()
server:bind(inet.localhost, 90)
server:listen()

local sessions = {}

local function accept()
	local ok, session = pcall(server.accept, server, NONBLOCK)
	if ok then
		sessions[session] = coroutine.wrap(function()
			pcall(serve, session)
			session:close()
			return true
		end)
	end
	return ok
end

return function()
	print("starting shared...")
	while not thread.shouldstop() do
		repeat until not accept()
		for session, continue in pairs(sessions) do
			if continue() then
				sessions[session] = nil
			end
		end
		linux.schedule(10)
	end
	print("stopping shared...")
end
