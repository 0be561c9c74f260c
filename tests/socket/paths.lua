-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a kernel thread names sockets by paths of the file system, and finds them by these.

local socket = require("socket")

local af <const>, sock <const> = socket.af, socket.sock
local FOLDER <const> = "/tmp/lunatik_paths/"

local function datagrams()
	local one <close> = socket.new(af.UNIX, sock.DGRAM, 0)
	local two <close> = socket.new(af.UNIX, sock.DGRAM, 0)
	one:bind(FOLDER .. "datagram")
	two:send("datagram", FOLDER .. "datagram")
	return one:receive(100)
end

local function streams()
	local listener <close> = socket.new(af.UNIX, sock.STREAM, 0)
	local client <close> = socket.new(af.UNIX, sock.STREAM, 0)
	listener:bind(FOLDER .. "stream")
	listener:listen()
	client:connect(FOLDER .. "stream")
	local server <close> = listener:accept()
	client:send("stream")
	return server:receive(100)
end

return function ()
	print("paths: ", datagrams())
	print("paths: ", streams())
end
