-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Sockets in a runtime with little memory: those in use meet its limit, those that are garbage do not.

local socket = require("socket")

local function new()
	return socket.new(socket.af.INET, socket.sock.DGRAM, 0)
end

local kept = {}
local ok, message = pcall(function ()
	for i = 1, 10000 do
		kept[i] = new()
	end
end)
assert(not ok and message:find("not enough memory"), message)
assert(#kept > 50, #kept)
local many = #kept
kept = nil
for _ = 1, 2 * many do
	new()
end
