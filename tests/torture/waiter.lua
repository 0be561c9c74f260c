-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The function of a thread: waits in a socket until it should stop.

local socket = require("socket")

return function()
	local s <close> = socket.new(socket.af.UNIX, socket.sock.DGRAM, 0)
	s:bind("\0torture" .. tostring(s))
	pcall(s.receive, s, 100)
end
