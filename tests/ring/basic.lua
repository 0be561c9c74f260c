-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Records, written and read by one script's body.

local ring = require("ring")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function read_is(r, ...)
	local got, expected = table.pack(r:read()), table.pack(...)
	equal(got.n, expected.n, "values")
	for i = 1, got.n do
		equal(got[i], expected[i])
	end
end

-- On one CPU: the body may move to another one, but the order is that of time.
test("values come out as they went in", function ()
	local r = ring.new()
	equal(r:emit(1), true)
	equal(r:emit("a", 2, nil, true, false, "", math.mininteger, ("x"):rep(300), "z\0z", nil), true)
	equal(r:emit(false), true)
	read_is(r, 1)
	read_is(r, "a", 2, nil, true, false, "", math.mininteger, ("x"):rep(300), "z\0z", nil)
	read_is(r, false)
	read_is(r)
	equal(r:dropped(), 0)
end)

test("the order is that of time", function ()
	local r = ring.new{size = 1 << 16}
	for i = 1, 500 do
		r:emit(i, "text")
	end
	for i = 1, 500 do
		read_is(r, i, "text")
	end
	read_is(r)
end)

test("round and round", function ()
	local r = ring.new{size = 4096}
	local written, read = 0, 0
	for round = 1, 400 do
		for _ = 1, round % 7 do
			written = written + 1
			equal(r:emit(written, ("y"):rep(written * 31 % 300)), true)
		end
		for _ = 1, round % 7 do
			read = read + 1
			read_is(r, read, ("y"):rep(read * 31 % 300))
		end
	end
	read_is(r)
	equal(r:dropped(), 0)
end)

test("D-RING-1: a full ring drops new records, and counts them", function ()
	local r = ring.new{size = 4096}
	local kept, n = 0, 2000
	for i = 1, n do
		if r:emit(i, "0123456789") then
			kept = kept + 1
		end
	end
	equal(kept > 80 and kept < n, true, "kept " .. kept)
	equal(r:dropped(), n - kept)
	read_is(r, 1, "0123456789")
	local got = 1
	while r:read() do
		got = got + 1
	end
	equal(got, kept)
	equal(r:emit("again"), true)
	read_is(r, "again")
end)

test("print writes one text", function ()
	local r = ring.new()
	equal(r:print(1, "a", nil, true), true)
	r:print()
	r:print(setmetatable({}, {__tostring = function () return "object" end}), "")
	r:print(("p"):rep(3000))
	read_is(r, "1\ta\tnil\ttrue")
	read_is(r, "")
	read_is(r, "object\t")
	read_is(r, ("p"):rep(3000))
	raises("no text", r.print, r, setmetatable({}, {__tostring = function () error("no text") end}))
	raises("'__tostring' must return a string", r.print, r, setmetatable({}, {__tostring = function () return {} end}))
	read_is(r)
end)

test("wrong records", function ()
	local r = ring.new{size = 4096}
	raises("a record begins with a value that is not nil", r.emit, r)
	raises("a record begins with a value that is not nil", r.emit, r, nil, 1)
	raises("integer, string, boolean or nil expected, got table", r.emit, r, 1, {})
	raises("integer, string, boolean or nil expected, got function", r.emit, r, print)
	raises("is too long: this ring has 1024 at most", r.emit, r, ("x"):rep(1024))
	raises("is too long", r.emit, r, 1, ("x"):rep(100000))
	raises("is too long", r.print, r, ("x"):rep(2000))
	raises("a record has 64 values at most", function () r:emit(1, table.unpack({}, 1, 64)) end)
	equal(pcall(r.emit, r, 1, table.unpack({}, 1, 63)), true)
	equal(r:dropped(), 0)
	raises("object expected", r.emit, {}, 1)
	raises("ring expected", r.emit, require("data").new(8), 1)
	equal(select("#", r:read()), 64)
	equal(select("#", r:read()), 0)
end)

test("sizes", function ()
	raises("unknown field 'sise' (the nearest one is 'size')", ring.new, {sise = 1})
	raises("4095 is not in 4096..16777216", ring.new, {size = 4095})
	raises("is not in 4096..16777216", ring.new, {size = (16 << 20) + 1})
	raises("bad field 'size'", ring.new, {size = "many"})
	raises("table expected", ring.new, 4096)
	equal(ring.new{size = 5000}:emit(("x"):rep(2000)), true)
	equal(ring.new{size = 1 << 16}:emit(("x"):rep(16000)), true)
	raises("16384 at most", function () ring.new{size = 1 << 17}:emit(("x"):rep(16384)) end)
end)

test("D-RING-2: rings count for the memory of their runtime", function ()
	local rings = {}
	raises("not enough memory", function ()
		for i = 1, 200 do
			rings[i] = ring.new{size = 1 << 20}
		end
	end)
	rings = nil
	collectgarbage()
end)

test("D-RING-2: rings that nothing holds make room for others", function ()
	for _ = 1, 20 do
		ring.new{size = 1 << 19}
	end
end)

cases.finish()
