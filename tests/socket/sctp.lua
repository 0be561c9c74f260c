-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A server that, when it is stopped, still has something to send to its one client.

local linux = require("linux")
local socket = require("socket")
local thread = require("thread")

local listener = socket.new(socket.af.INET, socket.sock.STREAM, socket.ipproto.SCTP)
listener:bind(0x0a590001, 1780)
listener:listen()

return function ()
	local s = listener:accept()
	listener:close()
	print("sctp: ", "connected")
	while not thread.shouldstop() do
		linux.schedule(100)
	end
	s:send("last words")
end
