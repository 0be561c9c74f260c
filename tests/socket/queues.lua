-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- In a runtime with 16 MiB: sockets whose queues nothing else limits pay for them, full or not.

local socket = require("socket")

local af, sock = socket.af, socket.sock
local name = "\0lunatik queues"

local listener = socket.new(af.UNIX, sock.STREAM, 0)
listener:bind(name)
listener:listen()

local kept = {}

local function pair()
	local client = socket.new(af.UNIX, sock.STREAM, 0)
	client:connect(name)
	kept[#kept + 1] = client
	kept[#kept + 1] = listener:accept()
end

local function many(new)
	local ok, why
	repeat
		ok, why = pcall(new)
	until not ok or #kept > 1000
	assert(why:find("not enough memory"), why)
	assert(#kept >= 10 and #kept < 200, #kept)
	local count = #kept
	kept = {}
	return count
end

local count = many(pair)
-- All of them are garbage now, and found to be.
assert(math.abs(many(pair) - count) <= 2)
many(function () kept[#kept + 1] = socket.new(af.PACKET, sock.RAW, 0) end)
many(function () kept[#kept + 1] = socket.new(af.NETLINK, sock.RAW, 0) end)
-- Those of UDP are limited for all together.
for i = 1, 200 do
	kept[i] = socket.new(af.INET, sock.DGRAM, 0)
end
