-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The fifo library, seen by a script's body in a runtime of any kind.

local data = require("data")
local fifo = require("fifo")
local rcu = require("rcu")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function pops(q, n, expected)
	local s, length = q:pop(n)
	equal(s, expected)
	equal(length, #expected)
end

test("bytes come out in order", function()
	local q = fifo.new(16)
	equal(select("#", q:push("hello")), 0)
	q:push(" ")
	q:push("world")
	pops(q, 3, "hel")
	pops(q, 100, "lo world")
	pops(q, 1, "")
	pops(q, 0, "")
end)

test("any byte, and the empty string", function()
	local q = fifo.new(256)
	local all = {}
	for i = 0, 255 do all[#all + 1] = string.char(i) end
	all = table.concat(all)
	q:push("")
	q:push(all)
	pops(q, 256, all)
end)

test("around the end of the ring, many times", function()
	local q = fifo.new(64)
	for i = 1, 500 do
		local s = string.rep(string.char(i % 256), i % 40 + 1)
		q:push(s)
		pops(q, 100, s)
	end
end)

test("the capacity is the next power of two", function()
	for size, capacity in pairs {[2] = 2, [3] = 4, [4] = 4, [5] = 8, [1000] = 1024} do
		local q = fifo.new(size)
		q:push(string.rep("x", capacity))
		raises("not enough space", q.push, q, "y")
		pops(q, capacity + 1, string.rep("x", capacity))
	end
end)

test("a string is pushed whole or not at all", function()
	local q = fifo.new(8)
	q:push("12345")
	raises("#2", q.push, q, "6789")
	raises("not enough space", q.push, q, "6789")
	q:push("678")
	pops(q, 8, "12345678")
end)

test("D-FIFO-2: wrong sizes", function()
	for _, size in ipairs {0, 1, -1, math.mininteger, math.maxinteger, 1 << 32, (1 << 32) + 16, 1 << 31, (1 << 29) + 1} do
		raises("failed to allocate kfifo (-22)", fifo.new, size)
	end
	raises("number expected", fifo.new)
	raises("not enough memory", fifo.new, 1 << 29)
end)

test("D-FIFO-1: pop allocates for the bytes in the queue", function()
	local q = fifo.new(16)
	q:push("abc")
	raises("number of bytes is negative", q.pop, q, -1)
	raises("number of bytes is negative", q.pop, q, math.mininteger)
	pops(q, math.maxinteger, "abc")
	pops(q, math.maxinteger, "")
end)

test("long strings", function()
	local q = fifo.new(200000)
	local s = string.rep("0123456789abcdef", 4096)
	q:push(s)
	q:push(s)
	pops(q, 60000, s:sub(1, 60000))
	pops(q, 1 << 40, s:sub(60001) .. s)
	raises("at most 65536 bytes at once", q.push, q, s .. "x")
	pops(q, 1, "")
end)

test("messages", function()
	local q = fifo.new(64)
	equal(q:popmessage(), nil)
	q:pushmessage("one")
	q:pushmessage("")
	q:pushmessage("three")
	for _, expected in ipairs {"one", "", "three"} do
		local s, length = q:popmessage()
		equal(s, expected)
		equal(length, #expected)
	end
	equal(q:popmessage(), nil)
	q:pushmessage(string.rep("x", 56))
	raises("not enough space", q.pushmessage, q, "")
	equal(q:popmessage(), string.rep("x", 56))
	raises("not enough space", q.pushmessage, q, string.rep("x", 57))
	q:pushmessage("good")
	pops(q, 64, string.pack("T", 4) .. "good")
end)

test("D-MBX-1: bytes that are not a message are dropped", function()
	local q = fifo.new(64)
	for _, bad in ipairs {"x", "1234567", string.pack("T", 5) .. "1234", string.pack("j", -1), string.pack("T", 1 << 40) .. "x"} do
		q:push(bad)
		raises(string.format("malformed message (%d bytes dropped)", #bad), q.popmessage, q)
		pops(q, 64, "")
		q:pushmessage("good")
		equal(q:popmessage(), "good")
	end
end)

test("close", function()
	local q = fifo.new(16)
	q:close()
	raises("null-pointer dereference", q.push, q, "x")
	raises("null-pointer dereference", q.pop, q, 1)
	raises("null-pointer dereference", q.close, q)
	local kept
	do
		local scoped <close> = fifo.new(16)
		kept = scoped
	end
	raises("null-pointer dereference", kept.pop, kept, 1)
end)

test("a handle is closed, another is not", function()
	local t = rcu.table(16)
	local q = fifo.new(16)
	t.q = q
	q:push("x")
	q:close()
	pops(t.q, 1, "x")
	t.q = nil
end)

test("a finalizer closes the fifo in the middle of pop", function()
	local q = fifo.new(1 << 16)
	local s = string.rep("x", 1 << 15)
	for _ = 1, 20 do
		local victim = fifo.new(1 << 16)
		for _ = 1, 20 do
			setmetatable({}, {__gc = function() pcall(victim.close, victim) end})
		end
		pcall(function()
			for _ = 1, 20 do
				victim:push(s)
				victim:pop(1 << 15)
			end
		end)
	end
	q:push(s)
	pops(q, 1 << 16, s)
end)

test("wrong objects", function()
	local q = fifo.new(16)
	raises("fifo expected, got data", q.push, data.new(1), "x")
	raises("fifo expected, got data", q.pop, data.new(1), 1)
	raises("fifo expected, got data", q.popmessage, data.new(1))
	raises("object expected", q.pop, nil, 1)
	raises("string expected", q.push, q)
end)

cases.finish()
