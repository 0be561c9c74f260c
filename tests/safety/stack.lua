-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Sends from each depth of nested calls at which a datagram can be sent at all.
-- The deepest of them leaves the least of the stack to the network.
-- @script stack

local linux = require("linux")
local socket = require("socket")

local ADDRESS <const> = 10 << 24 | 3 << 16 | 2
local PORT <const> = 9

local s = socket.new(socket.af.INET, socket.sock.DGRAM, 0)
local deepest, depth, refused = 0, 0, nil

local function send(message)
	local ok, result = pcall(s.send, s, message, ADDRESS, PORT)
	if ok then
		deepest = math.max(deepest, depth)
	else
		refused = result
	end
end

local message

local function nest()
	depth = depth + 1
	send(message)
	pcall(nest)
	send(message)
	depth = depth - 1
end

for _, length in ipairs{100, 4000} do
	message = ("x"):rep(length)
	nest()
	depth = 0
	linux.schedule(100)
end
s:close()
print(deepest, refused)
