-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device whose reader waits for a datagram, and one that makes a socket when it is closed.

local device = require("device")
local socket = require("socket")

local function nothing() end

local s = socket.new(socket.af.INET, socket.sock.DGRAM, 0)
local path = socket.new(socket.af.UNIX, socket.sock.DGRAM, 0)
s:bind(0x7f000001, 1779)

device.new({name = "socket_reader", open = nothing, release = nothing, read = function (_, length)
	return s:receive(length)
end})

device.new({name = "socket_release", open = nothing, release = function ()
	print("release: ", pcall(socket.new, socket.af.INET, socket.sock.DGRAM, 0))
	print("release: ", pcall(s.send, s, "released", s:getsockname()))
	print("release by path: ", pcall(path.send, path, "x", "/tmp/nobody"))
end})
