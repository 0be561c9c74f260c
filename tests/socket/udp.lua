-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a UDP server of the namespace it is started in.

local inet = require("socket.inet")
local thread = require("thread")

local PORT <const> = 1778

local server = inet.udp()
server:bind("*", PORT)

return function ()
	while not thread.shouldstop() do
		local message, address, port = server:receivefrom(2000)
		server:sendto(("%s:%d said %s"):format(address, port, message), address, port)
	end
end
