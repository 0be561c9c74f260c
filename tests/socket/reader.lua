-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device whose reader waits for a datagram, and one that makes a socket when it is closed.

local device = require("device")
local socket = require("socket")

local function nothing() end

local s = socket.new(socket.af.INET, socket.sock.DGRAM, 0)
local path = socket.new(socket.af.UNIX, socket.sock.DGRAM, 0)
-- RTM_NEWNSID: the kernel looks for the namespace among the descriptors of the sender.
local route = socket.new(socket.af.NETLINK, socket.sock.RAW, 0)
local request = string.pack("=I4I2I2I4I4 I4 I2I2i4 I2I2I4", 36, 88, 1, 1, 0, 0, 8, 1, -1, 8, 3, 0)
s:bind(0x7f000001, 1779)

device.new({name = "socket_reader", open = nothing, release = nothing, read = function (_, length)
	return s:receive(length)
end})

device.new({name = "socket_release", open = nothing, release = function ()
	print("release: ", pcall(socket.new, socket.af.INET, socket.sock.DGRAM, 0))
	print("release: ", pcall(s.send, s, "released", s:getsockname()))
	print("release by path: ", pcall(path.send, path, "x", "/tmp/nobody"))
	print("release by request: ", pcall(route.send, route, request))
end})
