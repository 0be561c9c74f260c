-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Threads that wait for a socket when they are stopped, and when the socket is closed.

local data = require("data")
local linux = require("linux")
local lunatik = require("lunatik")
local socket = require("socket")
local thread = require("thread")
local cases = require("tests.cases")

local test, equal = cases.test, cases.equal
local af, sock, ipproto = socket.af, socket.sock, socket.ipproto

local LOOPBACK <const> = 0x7f000001
local EINTR <const>, EBADF <const> = 4, 9
local ACCEPT <const>, RECEIVE <const>, SEND <const>, CONNECT <const>, CONNECTUNIX <const>, SENDUNIX <const> =
	1, 2, 3, 4, 5, 6

local function wait(condition)
	for _ = 1, 1000 do
		if condition() then
			return true
		end
		linux.schedule(10)
	end
	return false
end

-- Start a thread that blocks; returns its runtime, thread and notes.
local function block(what, s, name)
	name = name or ""
	local d = data.new(24 + #name)
	d:setnumber(0, what)
	d:setstring(24, name)
	local rt = lunatik.runtime("tests/socket/blocked")
	rt:resume(d, s)
	local t = thread.run(rt, "blocked")
	equal(wait(function () return d:getnumber(8) > 0 end), true, "it runs")
	linux.schedule(150)
	equal(d:getnumber(8), 1, "it waits")
	return rt, t, d
end

local function seconds(since)
	return linux.difftime(linux.time(), since) / 1000000000
end

local function stopping(what, new, name)
	local s <close> = new()
	local rt <close>, t, d = block(what, s, name)
	local start = linux.time()
	t:stop()
	equal(d:getnumber(8), 2, "it has ended by itself")
	equal(d:getnumber(16), EINTR)
	equal(seconds(start) < 10, true)
end

local function stopped(title, ...)
	test("stopped in " .. title, stopping, ...)
end

local function closing(what, new, expected)
	local s = new()
	local rt <close>, t, d = block(what, s)
	s:close()
	equal(wait(function () return d:getnumber(8) == 2 end), true, "it ends")
	equal(d:getnumber(16), expected)
end

local function closed(title, ...)
	test("D-SOCK-10: closed elsewhere, in " .. title, closing, ...)
end

-- Sockets that belong to the one under test stay open until the end.
local kept = {}

local function keep(s)
	kept[#kept + 1] = s
	return s
end

local function listener(family, ...)
	local s = socket.new(family, sock.STREAM, 0)
	s:bind(...)
	s:listen(0)
	return s
end

local function in6() return string.pack(">I2I4c16I4", 0, 0, ("\0"):rep(15) .. "\1", 0) end

local function name() return "\0lunatik" .. linux.random(1 << 40) end

local function new(family, kind, protocol, ...)
	local address = table.pack(...)
	return function ()
		local s = socket.new(family, kind, protocol)
		if address.n > 0 then
			s:bind(table.unpack(address))
		end
		return s
	end
end

-- A stream that is connected to somebody who never reads.
local function stream(family, ...)
	local address = table.pack(...)
	return function ()
		local l = keep(listener(family, table.unpack(address)))
		local s = socket.new(family, sock.STREAM, 0)
		s:connect(l:getsockname())
		keep(l:accept())
		return s
	end
end

local function tcplistener() return listener(af.INET, LOOPBACK) end
local function unixlistener() return listener(af.UNIX, name()) end

stopped("accept, AF_INET", ACCEPT, tcplistener)
stopped("accept, AF_INET6", ACCEPT, function () return listener(af.INET6, in6()) end)
stopped("accept, AF_UNIX", ACCEPT, unixlistener)
stopped("receive, TCP", RECEIVE, stream(af.INET, LOOPBACK))
stopped("receive, UDP", RECEIVE, new(af.INET, sock.DGRAM, 0, LOOPBACK))
stopped("receive, raw IPv4", RECEIVE, new(af.INET, sock.RAW, 253))
stopped("receive, AF_INET6", RECEIVE, new(af.INET6, sock.DGRAM, 0, in6()))
stopped("receive, AF_UNIX stream", RECEIVE, stream(af.UNIX, name()))
stopped("receive, AF_UNIX datagram", RECEIVE, new(af.UNIX, sock.DGRAM, 0, name()))
stopped("receive, AF_PACKET", RECEIVE, new(af.PACKET, sock.RAW, 0, string.pack(">I2", 0x88b6)))
stopped("receive, AF_NETLINK", RECEIVE, new(af.NETLINK, sock.RAW, 0))
stopped("send, TCP, nobody reads", SEND, stream(af.INET, LOOPBACK))
stopped("send, AF_UNIX stream, nobody reads", SEND, stream(af.UNIX, name()))
stopped("connect, nobody answers", CONNECT, new(af.INET, sock.STREAM, 0))

do
	local full, address = listener(af.UNIX, name())
	address = full:getsockname()
	local first <close> = socket.new(af.UNIX, sock.STREAM, 0)
	first:connect(address)
	stopped("connect, the backlog is full", CONNECTUNIX, new(af.UNIX, sock.STREAM, 0), address)
	test("connect goes on when the backlog has room", function ()
		local s <close> = socket.new(af.UNIX, sock.STREAM, 0)
		local rt <close>, t, d = block(CONNECTUNIX, s, address)
		full:accept():close()
		equal(wait(function () return d:getnumber(8) == 2 end), true)
		equal(d:getnumber(16), -1, "no error")
		full:accept():close()
	end)
end

do
	local deaf = socket.new(af.UNIX, sock.DGRAM, 0)
	deaf:bind(name())
	stopped("send, AF_UNIX datagram, the queue is full", SENDUNIX, new(af.UNIX, sock.DGRAM, 0), deaf:getsockname())
	keep(deaf)
end

-- Families that a kernel may lack.
for title, make in pairs({
	["accept, MPTCP"] = function () return socket.new(af.INET, sock.STREAM, ipproto.MPTCP) end,
	["accept, AF_VSOCK"] = function () return socket.new(af.VSOCK, sock.STREAM, 0) end,
	["accept, AF_LLC"] = function () return socket.new(af.LLC, sock.STREAM, 0) end,
	["accept, SCTP"] = function () return socket.new(af.INET, sock.STREAM, ipproto.SCTP) end,
}) do
	local ok, s = pcall(function ()
		local s = make()
		if title:find("VSOCK") then
			s:bind(string.pack("=I2I4I4", 0, 0xffffffff, 0xffffffff) .. "\0\0\0\0")
		elseif title:find("LLC") then
			-- arphrd, test, xid, ua, sap, mac of the interface that run.sh made
			s:bind(string.pack("=I2BBBB", 1, 0, 0, 0, 0x42) .. "\2\0\0\0\0\x77\0\0")
		else
			s:bind(LOOPBACK)
		end
		s:listen()
		return s
	end)
	if ok then
		stopped(title, ACCEPT, function () return s end)
	else
		print("# no " .. title .. ": " .. tostring(s))
	end
end

closed("accept, AF_INET", ACCEPT, tcplistener, EBADF)
closed("accept, AF_UNIX", ACCEPT, unixlistener, EBADF)
closed("receive, UDP", RECEIVE, new(af.INET, sock.DGRAM, 0, LOOPBACK), EBADF)
closed("receive, AF_PACKET", RECEIVE, new(af.PACKET, sock.RAW, 0, string.pack(">I2", 0x88b6)), EBADF)
closed("receive, AF_NETLINK", RECEIVE, new(af.NETLINK, sock.RAW, 0), EBADF)
-- The call reports the bytes that it sent before; the next one finds the handle void.
closed("send, TCP", SEND, stream(af.INET, LOOPBACK), -1)
closed("connect, nobody answers", CONNECT, new(af.INET, sock.STREAM, 0), EBADF)

test("one runtime sends while another waits in receive", function ()
	local s <close> = stream(af.INET, LOOPBACK)()
	local rt <close>, t, d = block(RECEIVE, s)
	equal(s:send("x"), 1)
	equal(kept[#kept]:receive(1), "x")
	equal(d:getnumber(8), 1, "it still waits")
	kept[#kept]:send("y")
	equal(wait(function () return d:getnumber(8) == 2 end), true)
end)

test("a socket closed while somebody waits gives its port back", function ()
	local s = tcplistener()
	local address, port = s:getsockname()
	local rt <close>, t, d = block(ACCEPT, s)
	s:close()
	wait(function () return d:getnumber(8) == 2 end)
	local again <close> = listener(af.INET, address, port)
end)

test("four megabytes through a thread that sends whole strings", function ()
	local l <close> = tcplistener()
	local s <close> = socket.new(af.INET, sock.STREAM, 0)
	s:connect(l:getsockname())
	local peer <close> = l:accept()
	local rt <close> = lunatik.runtime("tests/socket/blocked")
	local d = data.new(24)
	d:setnumber(0, SEND)
	rt:resume(d, s)
	local t = thread.run(rt, "sender")
	local got = 0
	while got < 4 << 20 do
		got = got + #peer:receive(65536)
	end
	t:stop()
end)

for i, s in ipairs(kept) do
	s:close()
end

cases.finish()
