-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a TCP server of the namespace it is started in; it answers each connection's first bytes with
-- "echo: " before them.

local inet = require("socket.inet")
local thread = require("thread")

local PORT <const> = 1777

local server = inet.tcp()
server:bind("*", PORT)
server:listen()

local function serve(connection)
	local message, address = connection:receive(1024, 0, true)
	connection:send("echo from " .. inet.ntoa(address) .. ": " .. message)
end

return function ()
	while not thread.shouldstop() do
		local connection <close> = server:accept()
		serve(connection)
	end
end
