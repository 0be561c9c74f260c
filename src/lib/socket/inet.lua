-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- TCP and UDP over IPv4, with addresses as dotted strings.
--
-- `inet.tcp()` and `inet.udp()` make a socket in the caller's network namespace and wrap it; the field `socket` of the
-- wrapper is the socket itself (see `socket`, whose errors, errno numbers, pass through). Context: process; sleeps.
-- @module socket.inet

local net = require("net")
local socket = require("socket")

local inet = {}

--- The address of the loopback interface.
inet.localhost = "127.0.0.1"

--- Text to number: `net.aton`.
inet.aton = net.aton

--- Number to text: `net.ntoa`.
inet.ntoa = net.ntoa

local common = {}

-- "*" stands for every address of this machine.
local function number(address)
	if address == "*" then
		return 0
	end
	return net.aton(address)
end

--- Shuts the socket down and releases it; also by `local o <close>`.
function common:close()
	self.socket:close()
end

--- Receives.
-- @tparam int length bytes at most
-- @tparam[opt] int flags `socket.msg.*`
-- @tparam[opt] boolean from also return the sender's address, as an int, and its port
-- @treturn string empty at the end of a stream
function common:receive(...)
	return self.socket:receive(...)
end

--- Sends.
-- @tparam string message
-- @tparam[opt] string address default: the connected peer
-- @tparam[opt] int port
-- @treturn int bytes sent
function common:send(message, address, port)
	return self.socket:send(message, address and number(address), port)
end

--- Binds to an address of this machine.
-- @tparam string address `"*"` for all
-- @tparam int port
function common:bind(address, port)
	self.socket:bind(number(address), port)
end

--- Connects.
-- @tparam string address
-- @tparam int port
-- @tparam[opt] int flags `socket.sock.NONBLOCK`: do not wait
function common:connect(address, port, flags)
	self.socket:connect(net.aton(address), port, flags)
end

--- Returns the address that the socket is bound to.
-- @treturn string address
-- @treturn int port
function common:getsockname()
	local address, port = self.socket:getsockname()
	return net.ntoa(address), port
end

--- Returns the address of the other end.
-- @treturn string address
-- @treturn int port
function common:getpeername()
	local address, port = self.socket:getpeername()
	return net.ntoa(address), port
end

local tcp, udp = {}, {}

--- Waits for connections from now on.
-- @tparam[opt] int backlog
function tcp:listen(backlog)
	self.socket:listen(backlog)
end

--- Returns the next connection, as a plain socket.
-- @tparam[opt] int flags `socket.sock.NONBLOCK`: raise EAGAIN instead of waiting
-- @treturn socket
function tcp:accept(flags)
	return self.socket:accept(flags)
end

--- Receives a datagram and says whom it is from.
-- @tparam int length bytes at most
-- @tparam[opt] int flags `socket.msg.*`
-- @treturn string
-- @treturn string address
-- @treturn int port
function udp:receivefrom(length, flags)
	local message, address, port = self.socket:receive(length, flags, true)
	return message, address and net.ntoa(address), port
end

udp.sendto = common.send

-- A class is a table of methods that is called to make an object.
local function class(methods, kind, protocol)
	for name, method in pairs(common) do
		methods[name] = method
	end
	local object = {__index = methods, __close = methods.close}
	return setmetatable(methods, {
		__call = function ()
			return setmetatable({socket = socket.new(socket.af.INET, kind, protocol)}, object)
		end,
	})
end

--- Makes a TCP socket.
-- @function inet.tcp
inet.tcp = class(tcp, socket.sock.STREAM, socket.ipproto.TCP)

--- Makes a UDP socket.
-- @function inet.udp
inet.udp = class(udp, socket.sock.DGRAM, socket.ipproto.UDP)

return inet
