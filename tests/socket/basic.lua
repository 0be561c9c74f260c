-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The functions of the socket library, in a script's body: one task plays both ends, on the loopback interface.

local linux = require("linux")
local lunatik = require("lunatik")
local socket = require("socket")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises
local af, sock, ipproto, msg = socket.af, socket.sock, socket.ipproto, socket.msg

local LOOPBACK <const> = 0x7f000001
local EINTR <const>, EBADF <const>, EAGAIN <const> = 4, 9, 11
local EINVAL <const>, EPIPE <const> = 22, 32
local EMSGSIZE <const>, EPROTONOSUPPORT <const>, EAFNOSUPPORT <const>, EADDRINUSE <const> = 90, 93, 97, 98
local ENOTCONN <const>, ECONNREFUSED <const>, EINPROGRESS <const>, EOPNOTSUPP <const> = 107, 111, 115, 95

local function errno(number, f, ...)
	local ok, value = pcall(f, ...)
	equal(ok, false, "fails")
	equal(value, number, "errno")
	equal(math.type(value), "integer")
end

local function tcp() return socket.new(af.INET, sock.STREAM, ipproto.TCP) end
local function udp() return socket.new(af.INET, sock.DGRAM, ipproto.UDP) end

local function listening(new, ...)
	local s = (new or tcp)()
	s:bind(...)
	s:listen()
	return s
end

-- Closes several sockets at the end of a block; some may be closed already.
local function together(...)
	local sockets = {...}
	return setmetatable({}, {__close = function ()
		for _, s in ipairs(sockets) do
			pcall(s.close, s)
		end
	end})
end

-- Two ends of a TCP connection, and the listener.
local function connected()
	local listener = listening(tcp, LOOPBACK)
	local client = tcp()
	client:connect(listener:getsockname())
	return client, listener:accept(), listener
end

test("A7: names of families and protocols", function ()
	equal(af.INET, 2)
	equal(af.UNIX, 1)
	equal(af.LOCAL, 1)
	equal(af.PACKET, 17)
	equal(af.NETLINK, 16)
	equal(af.DEC, 12)
	equal(af.DECnet, 12)
	equal(ipproto.L2TP, 115)
	equal(ipproto.TCP, 6)
	equal(sock.STREAM, 1)
	equal(sock.NONBLOCK, 2048)
	equal(msg.DONTWAIT, 0x40)
	equal(msg.CMSG_CLOEXEC, 0x40000000)
end)

test("A9: constants are those of this kernel", function ()
	for _, name in ipairs({"MAX", "VSOCK", "XDP"}) do
		equal(math.type(af[name]), "integer", name)
	end
	equal(rawget(af, "MCTP"), af.MAX > 45 and 45 or nil, "since Linux 5.15, the first behind XDP")
	for _, name in ipairs({"PROBE", "SENDPAGE_NOPOLICY", "SENDPAGE_NOTLAST", "EOF"}) do
		equal(msg[name], rawget(msg, name), name) -- nil where other kernels have it
	end
	equal(ipproto.MPTCP, 262)
	equal(ipproto.ETHERNET, 143)
	raises("no 'NO_SUCH_FLAG'", function() return msg.NO_SUCH_FLAG end)
end)

test("errno numbers are raised as positive integers", function ()
	errno(EAFNOSUPPORT, socket.new, 999, 1, 0)
	errno(EAFNOSUPPORT, socket.new, -1, 1, 0)
	errno(EPROTONOSUPPORT, socket.new, af.INET, sock.STREAM, ipproto.UDP)
	errno(EINVAL, socket.new, af.INET, -1, 0)
end)

test("an unknown type", function ()
	errno(94, socket.new, af.INET, 9, 0)
end)

test("arguments are checked", function ()
	raises("bad argument #3", socket.new, 2, 1)
	raises("out of range", socket.new, 1 << 32, 1, 0)
	raises("number expected", socket.new, "x", 1, 0)
	local s <close> = udp()
	raises("object expected", s.send, {}, "x")
	raises("socket expected", s.send, lunatik._ENV, "x")
	raises("string expected", s.send, s)
	raises("number expected", s.receive, s)
	raises("number expected", s.bind, s)
	raises("number expected", s.bind, s, "127.0.0.1", 1)
	raises("out of range", s.receive, s, 1, -1)
	raises("out of range", s.receive, s, 1, 1 << 31)
	raises("flags are NONBLOCK", s.accept, s, 1)
	raises("flags are NONBLOCK", s.connect, s, LOOPBACK, 1, 1)
end)

test("D-SOCK-12: ports and addresses out of range", function ()
	local s <close> = udp()
	raises("out of range", s.bind, s, LOOPBACK, 65536)
	raises("out of range", s.bind, s, LOOPBACK, -1)
	raises("out of range", s.bind, s, 1 << 32, 80)
	raises("out of range", s.bind, s, -1, 80)
	raises("out of range", s.send, s, "x", LOOPBACK, 1 << 16)
	raises("out of range", s.connect, s, 1 << 40, 1)
end)

test("TCP: connect, accept, send, receive", function ()
	local client, server, listener = connected()
	local ends <close> = together(client, server, listener)
	equal(client:send("hello"), 5)
	equal(server:receive(100), "hello")
	equal(server:send("\0good\0"), 6)
	equal(client:receive(3), "\0go")
	equal(client:receive(100), "od\0")
	local address, port = listener:getsockname()
	equal(address, LOOPBACK)
	equal(select(2, client:getpeername()), port)
	equal(select(2, server:getsockname()), port)
	equal(select(2, server:getpeername()), select(2, client:getsockname()))
end)

test("the end of a stream is an empty string", function ()
	local client, server, listener = connected()
	local ends <close> = together(client, server, listener)
	server:send("last words")
	server:close()
	equal(client:receive(100), "last words")
	equal(client:receive(100), "")
	equal(client:receive(100), "")
end)

test("D-SOCK-8: a peer that is gone is EPIPE, and no signal", function ()
	local client, server, listener = connected()
	local ends <close> = together(client, server, listener)
	server:close()
	local ok, value
	for _ = 1, 200 do
		ok, value = pcall(client.send, client, "x")
		if not ok then break end
		linux.schedule(10)
	end
	equal(ok, false)
	equal(value == EPIPE or value == 104, true, "errno " .. tostring(value))
	errno(EPIPE, client.send, client, "x")
	linux.schedule(10)
end)

test("nobody there: ECONNREFUSED, and again", function ()
	local spare = listening(tcp, LOOPBACK)
	local address, port = spare:getsockname()
	spare:close()
	local s <close> = tcp()
	errno(ECONNREFUSED, s.connect, s, address, port)
	errno(ECONNREFUSED, s.connect, s, address, port)
	local listener <close> = listening(tcp, LOOPBACK, port)
	s:connect(address, port)
	equal(select(2, s:getpeername()), port, "... and then somebody there")
end)

test("D-SOCK-3: a port is not taken for flags", function ()
	local listener <close> = listening(tcp, LOOPBACK, 0x8807)
	for _, flags in ipairs({{}, {0}, {nil}}) do
		local s <close> = tcp()
		s:connect(LOOPBACK, 0x8807, table.unpack(flags))
		equal(s:send("x"), 1)
	end
end)

test("connect with NONBLOCK", function ()
	local listener <close> = listening(tcp, LOOPBACK)
	local s <close> = tcp()
	local address, port = listener:getsockname()
	errno(EINPROGRESS, s.connect, s, address, port, sock.NONBLOCK)
	s:connect(address, port)
	equal(s:send("x"), 1)
	errno(106, s.connect, s, address, port)
end)

test("accept with NONBLOCK is EAGAIN when nobody waits", function ()
	local listener <close> = listening(tcp, LOOPBACK)
	for _ = 1, 50 do
		errno(EAGAIN, listener.accept, listener, sock.NONBLOCK)
	end
	local client <close> = tcp()
	client:connect(listener:getsockname())
	local server <close> = listener:accept(sock.NONBLOCK)
	client:send("x")
	equal(server:receive(1), "x", "the new socket waits")
	local s <close> = udp()
	errno(EOPNOTSUPP, s.accept, s)
end)

test("receive with DONTWAIT is EAGAIN when nothing has come", function ()
	local client, server, listener = connected()
	local ends <close> = together(client, server, listener)
	errno(EAGAIN, server.receive, server, 10, msg.DONTWAIT)
	client:send("xy")
	linux.schedule(20)
	equal(server:receive(10, msg.PEEK), "xy")
	equal(server:receive(1, msg.DONTWAIT), "x")
	equal(server:receive(10), "y")
end)

test("receive with WAITALL", function ()
	local client, server, listener = connected()
	local ends <close> = together(client, server, listener)
	client:send("abc")
	client:send("def")
	equal(server:receive(6, msg.WAITALL), "abcdef")
	client:send("gh")
	client:close()
	equal(server:receive(6, msg.WAITALL), "gh", "until the end")
end)

test("D-SOCK-7: lengths of receive", function ()
	local s <close> = udp()
	s:bind(LOOPBACK)
	raises("out of range", s.receive, s, -1)
	raises("out of range", s.receive, s, 1 << 31)
	raises("out of range", s.receive, s, math.mininteger)
	raises("not enough memory", s.receive, s, (1 << 31) - 1)
	s:send("x", s:getsockname())
	equal(s:receive(0), "")
	errno(EAGAIN, s.receive, s, 10, msg.DONTWAIT)
end)

test("port in use: EADDRINUSE, for TCP and UDP", function ()
	for _, new in ipairs({tcp, udp}) do
		local one <close> = new()
	local two <close> = new()
		one:bind(LOOPBACK)
		errno(EADDRINUSE, two.bind, two, one:getsockname())
		if new == tcp then
			one:listen()
			errno(EADDRINUSE, two.bind, two, one:getsockname())
		end
		errno(EINVAL, one.bind, one, LOOPBACK, 1)
	end
end)

test("a port is free once its socket is closed, or collected", function ()
	local port
	do
		local s <close> = listening(tcp, LOOPBACK)
		port = select(2, s:getsockname())
	end
	for _ = 1, 3 do
		listening(tcp, LOOPBACK, port)
		collectgarbage()
		collectgarbage()
	end
	-- The server's end closes first and leaves TIME_WAIT behind.
	for _ = 1, 2 do
		local listener <close> = listening(tcp, LOOPBACK, port)
		local client <close> = tcp()
		client:connect(LOOPBACK, port)
		listener:accept():close()
		equal(client:receive(1), "")
	end
end)

test("A29, D-SOCK-4: whom a message is from", function ()
	local client, server, listener = connected()
	local ends <close> = together(client, server, listener)
	client:send("x")
	local text, address, port = server:receive(10, 0, true)
	equal(text, "x")
	equal(address, LOOPBACK)
	equal(port, select(2, client:getsockname()))
	local one <close> = udp()
	local two <close> = udp()
	one:bind(LOOPBACK)
	two:bind(LOOPBACK)
	equal(one:send("first", two:getsockname()), 5)
	local results = table.pack(two:receive(100, 0, true))
	equal(results.n, 3)
	equal(results[2], LOOPBACK)
	equal(results[3], select(2, one:getsockname()))
	two:send("back", results[2], results[3])
	equal(select("#", one:receive(100, 0, false)), 1)
end)

test("UDP: connect, empty and cut messages, TRUNC", function ()
	local one <close> = udp()
	local two <close> = udp()
	one:bind(LOOPBACK)
	two:bind(LOOPBACK)
	errno(89, one.send, one, "x")
	one:connect(two:getsockname())
	equal(one:send(""), 0)
	equal(one:send("abcdef"), 6)
	equal(one:send("abcdef"), 6)
	equal(two:receive(10), "")
	equal(two:receive(3), "abc")
	local text, length = two:receive(3, msg.TRUNC)
	equal(text, "abc")
	equal(length, 6)
	errno(EMSGSIZE, one.send, one, ("x"):rep(70000))
end)

test("a stream with TRUNC returns no stale memory", function ()
	local client, server, listener = connected()
	local ends <close> = together(client, server, listener)
	client:send("secret")
	linux.schedule(20)
	local text, length = server:receive(6, msg.TRUNC)
	equal(text, ("\0"):rep(6))
	equal(length, 6)
end)

test("A40: nil stands for no address", function ()
	local one <close> = udp()
	local two <close> = udp()
	two:bind(LOOPBACK)
	one:connect(two:getsockname())
	equal(one:send("a", nil), 1)
	equal(one:send("b", nil, nil), 1)
	equal(two:receive(9) .. two:receive(9), "ab")
	raises("number expected", one.send, one, "c", nil, 9)
end)

test("names of a socket without a peer", function ()
	local s <close> = udp()
	local address, port = s:getsockname()
	equal(address, 0)
	equal(port, 0)
	errno(ENOTCONN, s.getpeername, s)
end)

test("close: the handle is void, a second close raises", function ()
	local s = udp()
	s:close()
	raises("null-pointer dereference", s.close, s)
	raises("null-pointer dereference", s.send, s, "x")
	raises("null-pointer dereference", s.receive, s, 1)
	raises("null-pointer dereference", s.getsockname, s)
end)

test("AF_UNIX streams: D-SOCK-5, D-SOCK-6: real lengths", function ()
	local path = "/tmp/" .. ("p"):rep(80) .. "." .. linux.random(1 << 30)
	local listener = socket.new(af.UNIX, sock.STREAM, 0)
	listener:bind(path)
	listener:listen(2)
	equal(listener:getsockname(), path .. "\0", "the kernel's name includes the final NUL")
	errno(EADDRINUSE, function ()
		local other <close> = socket.new(af.UNIX, sock.STREAM, 0)
		other:bind(path)
	end)
	local client = socket.new(af.UNIX, sock.STREAM, 0)
	client:connect(path)
	local server <close> = listener:accept()
	equal(client:send("x"), 1)
	local text, from = server:receive(10, 0, true)
	equal(text, "x")
	equal(from, "", "the client has no name")
	equal(client:getpeername(), path .. "\0")
	client:close()
	equal(server:receive(1), "")
	errno(EPIPE, server.send, server, "x")
	listener:close()
	errno(ECONNREFUSED, function ()
		local other <close> = socket.new(af.UNIX, sock.STREAM, 0)
		other:connect(path)
	end)
end)

test("in a runtime that is resumed", function ()
	local child <close> = lunatik.runtime("tests/socket/resumed")
	local client, server, listener = connected()
	local _ <close> = together(client, server, listener)
	for _ = 1, 2 do
		client:send("hello")
		child:resume(server)
		equal(client:receive(100), "echo hello")
		child:resume()
	end
end)

test("AF_UNIX datagrams with abstract names", function ()
	local name = "\0lunatik\0test" .. linux.random(1 << 30)
	local one <close> = socket.new(af.UNIX, sock.DGRAM, 0)
	local two <close> = socket.new(af.UNIX, sock.DGRAM, 0)
	one:bind(name)
	equal(one:getsockname(), name)
	two:bind("")
	local automatic = two:getsockname()
	equal(#automatic, 6)
	equal(two:send("x", name), 1)
	local text, from = one:receive(10, 0, true)
	equal(text, "x")
	equal(from, automatic)
	errno(2, two.send, two, "x", "/nowhere/to/be/found")
end)

test("D-SOCK-5: an address that is too long is refused", function ()
	local s <close> = socket.new(af.UNIX, sock.DGRAM, 0)
	raises("at most 126 bytes", s.bind, s, ("x"):rep(127))
	errno(EINVAL, s.bind, s, ("x"):rep(126))
	raises("string expected", s.bind, s)
end)

test("AF_INET6", function ()
	local function in6(port) return string.pack(">I2I4c16I4", port, 0, ("\0"):rep(15) .. "\1", 0) end
	local listener <close> = socket.new(af.INET6, sock.STREAM, ipproto.TCP)
	listener:bind(in6(0))
	listener:listen()
	local name = listener:getsockname()
	equal(#name, 26)
	equal(name:sub(7, 22), ("\0"):rep(15) .. "\1")
	local client <close> = socket.new(af.INET6, sock.STREAM, ipproto.TCP)
	client:connect(name)
	local server <close> = listener:accept()
	server:send("x")
	local text, from = client:receive(1, 0, true)
	equal(text, "x")
	equal(from, name)
	local one <close> = socket.new(af.INET6, sock.DGRAM, 0)
	local two <close> = socket.new(af.INET6, sock.DGRAM, 0)
	one:bind(in6(0))
	two:bind(in6(0))
	one:send("y", two:getsockname())
	text, from = two:receive(9, 0, true)
	equal(text, "y")
	equal(from, one:getsockname())
	errno(EINVAL, one.connect, one, "\0")
end)

-- An Ethernet frame of the loopback interface, with a type that nobody uses.
local ETHERTYPE <const> = 0x88b5
local frame = ("\0"):rep(12) .. string.pack(">I2", ETHERTYPE) .. ("payload "):rep(6)

test("AF_PACKET: D-SOCK-1, D-SOCK-2, D-SOCK-6", function ()
	local lo = linux.ifindex("lo")
	local s <close> = socket.new(af.PACKET, sock.RAW, 0)
	s:bind(string.pack(">I2", ETHERTYPE), lo)
	equal(s:getsockname(), string.pack(">I2", ETHERTYPE) .. string.pack("=i4I2BB", lo, 772, 0, 6) .. ("\0"):rep(6))
	local sender <close> = socket.new(af.PACKET, sock.RAW, 0)
	equal(sender:send(frame, lo), #frame)
	local text, from = s:receive(1500, 0, true)
	equal(text, frame)
	equal(#from, 18)
	equal(from:sub(1, 2), string.pack(">I2", ETHERTYPE))
	equal(string.unpack("=i4", from, 3), lo)
	sender:bind(lo)
	equal(sender:send(frame), #frame)
	equal(s:receive(20), frame:sub(1, 20))
	-- As old scripts bind: the protocol alone, the rest must be no garbage.
	local all <close> = socket.new(af.PACKET, sock.RAW, 3)
	all:bind(string.pack(">I2", 3))
	equal(string.unpack("=i4", all:getsockname(), 3), 0)
	sender:send(frame)
	equal(all:receive(1500):sub(1, #frame), frame)
	errno(19, s.bind, s, 1 << 20)
end)

local NETLINK_ROUTE <const>, NETLINK_SOCK_DIAG <const> = 0, 4
local RTM_GETLINK <const>, RTM_DELRULE <const>, SOCK_DIAG_BY_FAMILY <const> = 18, 33, 20
local REQUEST <const>, ACK <const>, DUMP <const> = 1, 4, 0x300
local NLMSG_ERROR <const>, NLMSG_DONE <const> = 2, 3

local function netlink(protocol) return socket.new(af.NETLINK, sock.RAW, protocol) end

local function request(kind, flags, body)
	return string.pack("=I4I2I2I4I4", 16 + #body, kind, REQUEST | flags, 1, 0) .. body
end

-- All answers of a dump, joined.
local function dump(s)
	local answers = {}
	for _ = 1, 100 do
		local text = s:receive(65536)
		answers[#answers + 1] = text
		local at = 1
		while at < #text do
			local length, kind = string.unpack("=I4I2", text, at)
			if kind == NLMSG_DONE or kind == NLMSG_ERROR then
				equal(kind, NLMSG_DONE)
				return table.concat(answers)
			end
			at = at + (length + 3 & ~3)
		end
	end
	error("the dump does not end")
end

test("AF_NETLINK: a dump of the interfaces", function ()
	local s <close> = netlink(NETLINK_ROUTE)
	s:bind(string.pack("=I2I4I4", 0, 0, 0))
	equal(#s:getsockname(), 10)
	equal(s:send(request(RTM_GETLINK, DUMP, ("\0"):rep(16))), 32)
	equal(dump(s):find("lo\0", 1, true) ~= nil, true)
	local text, from
	s:send(request(RTM_GETLINK, DUMP, ("\0"):rep(16)), string.pack("=I2I4I4", 0, 0, 0))
	text, from = s:receive(65536, 0, true)
	equal(#text > 32, true)
	equal(from, ("\0"):rep(10), "from the kernel")
end)

test("AF_NETLINK: the kernel checks the opener of the socket", function ()
	local s <close> = netlink(NETLINK_SOCK_DIAG)
	-- inet_diag looks at the opener's user namespace.
	s:send(request(SOCK_DIAG_BY_FAMILY, DUMP, string.pack("=BBBBI4", af.INET, ipproto.TCP, 0, 0, 0xffffffff) ..
		("\0"):rep(48)))
	equal(#dump(s) > 0, true)
	-- A change needs a right: there is no such rule.
	local route <close> = netlink(NETLINK_ROUTE)
	for _, connect in ipairs({false, true}) do
		if connect then
			route:connect(string.pack("=I2I4I4", 0, 0, 0))
		end
		route:send(request(RTM_DELRULE, ACK, string.pack("=BBBBBBBBI4", af.INET, 0, 0, 0, 77, 0, 0, 1, 0)))
		local _, kind, _, _, _, code = string.unpack("=I4I2I2I4I4i4", (route:receive(1000)))
		equal(kind, NLMSG_ERROR)
		equal(code, -2)
	end
end)

test("AF_NETLINK: the families that ask for the opener", function ()
	for protocol = 0, 21 do
		local ok, s = pcall(netlink, protocol)
		if ok then
			for kind = 16, 20 do
				pcall(s.send, s, request(kind, ACK, ("\0"):rep(64)))
				pcall(s.receive, s, 4096, msg.DONTWAIT)
			end
			s:close()
		end
	end
end)

local function mptcp() return socket.new(af.INET, sock.STREAM, ipproto.MPTCP) end

-- From a client without MPTCP a socket of TCP is accepted.
local function talk_mptcp(new)
	local listener <close> = listening(mptcp, LOOPBACK)
	local client <close> = new()
	client:connect(listener:getsockname())
	local server <close> = listener:accept()
	server:send("x")
	equal(client:receive(9), "x")
	client:send("y")
	equal(server:receive(9), "y")
	errno(EINVAL, server.accept, server, sock.NONBLOCK)
end

-- A kernel without MPTCP has none of its functions. The library adds no name for it.
if linux.lookup("mptcp_token_get_sock") then
	test("MPTCP", function () talk_mptcp(mptcp) end)
	test("a client that has no MPTCP", function () talk_mptcp(tcp) end)
else
	cases.skip("MPTCP", "this kernel has no MPTCP")
end

-- Not every kernel has these families.
local function with_family(name, family, kind, f)
	local ok, s = pcall(socket.new, family, kind, 0)
	if not ok then
		cases.skip(name, "this kernel has no such sockets")
		return
	end
	test(name, function ()
		local closed <close> = s
		f(s)
	end)
end

with_family("what AF_ALG accepts does not accept", af.ALG, sock.SEQPACKET, function (s)
	s:bind(string.pack("c14I4I4c64", "skcipher", 0, 0, "cbc(aes)"))
	local operation <close> = s:accept()
	errno(EOPNOTSUPP, operation.accept, operation, sock.NONBLOCK)
end)

with_family("SMC does not accept for the kernel", af.SMC, sock.STREAM, function (s)
	s:listen()
	errno(EOPNOTSUPP, s.accept, s, sock.NONBLOCK)
end)

test("raw IPv4", function ()
	local s <close> = socket.new(af.INET, sock.RAW, ipproto.ICMP)
	local echo = "\8\0\xf7\xff\0\0\0\0"
	equal(s:send(echo, LOOPBACK), 8)
	local text, from = s:receive(100, 0, true)
	equal(text:sub(21, 28), echo)
	equal(from, LOOPBACK)
end)

test("sockets pay for their memory, and garbage is found", function ()
	local rt <close> = lunatik.runtime("tests/socket/hog", {memory = 1 << 20})
end)

test("sockets pay for their queues", function ()
	local rt <close> = lunatik.runtime("tests/socket/queues", {memory = 16 << 20})
end)

-- Not all: loading the modules of every family takes a minute under emulation.
local families = {af.UNIX, af.INET, af.INET6, af.KEY, af.NETLINK, af.PACKET, af.ALG, af.VSOCK, af.XDP, af.MAX}

test("families, types and calls in every combination", function ()
	for _, family in ipairs(families) do
		for kind = 1, 10 do
			local ok, s = pcall(socket.new, family, kind, 0)
			if ok then
				pcall(s.bind, s, 0, 0)
				pcall(s.bind, s, ("\0"):rep(26))
				pcall(s.listen, s, -1)
				pcall(s.accept, s, sock.NONBLOCK)
				pcall(s.connect, s, ("\0"):rep(26), sock.NONBLOCK)
				pcall(s.getsockname, s)
				pcall(s.getpeername, s)
				pcall(s.receive, s, 100, msg.DONTWAIT, true)
				s:close()
			else
				equal(math.type(s), "integer")
			end
		end
	end
end)

cases.finish()
