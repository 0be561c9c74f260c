-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The functions of data objects, in a script of any kind of runtime.

local data = require("data")
local rcu = require("rcu")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local widths = {
	int8 = {1, true}, uint8 = {1, false}, byte = {1, false},
	int16 = {2, true}, uint16 = {2, false},
	int32 = {4, true}, uint32 = {4, false},
	int64 = {8, true}, number = {8, true},
}

local function access(d, name)
	return function(...) return d["get" .. name](d, ...) end, function(...) return d["set" .. name](d, ...) end
end

for name, width in pairs(widths) do
	local bytes, signed = table.unpack(width)
	test("get and set " .. name, function()
		local d = data.new(32)
		local get, set = access(d, name)
		local high = signed and (1 << (bytes * 8 - 1)) - 1 or (1 << bytes * 8) - 1
		local low = signed and -high - 1 or 0
		for offset = 0, 32 - bytes do -- every alignment
			for _, value in ipairs{0, 1, high, low, 42} do
				set(offset, value)
				equal(get(offset), value, offset)
			end
		end
		equal(select("#", set(0, 1)), 0, "results of a setter")
	end)
	test("bounds of " .. name, function()
		local d = data.new(16)
		local get, set = access(d, name)
		for _, offset in ipairs{-1, 17 - bytes, 16, 1 << 32, 1 << 62, math.maxinteger, math.mininteger} do
			raises("out of bounds", get, offset)
			raises("out of bounds", set, offset, 0)
		end
		equal(tostring(d), ("\0"):rep(16))
	end)
end

test("values are cut to the width", function()
	local d = data.new(8)
	d:setbyte(0, 0x1ff)
	equal(d:getbyte(0), 0xff)
	equal(d:getint8(0), -1)
	equal(d:getbyte(1), 0)
	d:setuint32(0, -1)
	equal(d:getuint32(0), 0xffffffff)
	equal(d:getbyte(4), 0)
end)

test("host byte order", function()
	local d = data.new(4)
	d:setuint32(0, 0x01020304)
	equal(d:getstring(0), string.pack("=I4", 0x01020304))
end)

test("strings", function()
	local d = data.new(10)
	equal(select("#", d:setstring(2, "a\0b")), 0)
	equal(d:getstring(0), "\0\0a\0b\0\0\0\0\0")
	equal(d:getstring(2, 3), "a\0b")
	equal(d:getstring(7), "\0\0\0")
	d:setstring(0, ("x"):rep(10))
	equal(tostring(d), ("x"):rep(10))
	d:setstring(0, 12)
	equal(d:getstring(0, 3), "12x")
end)

test("bounds of strings", function()
	local d = data.new(10)
	raises("out of bounds", d.getstring, d, -1)
	raises("out of bounds", d.getstring, d, 11)
	raises("out of bounds", d.getstring, d, 0, 11)
	raises("out of bounds: offset 5, length 6, size 10", d.getstring, d, 5, 6)
	raises("out of bounds", d.getstring, d, 5, -1)
	raises("out of bounds", d.getstring, d, 1, math.maxinteger)
	raises("out of bounds", d.getstring, d, math.maxinteger, math.maxinteger)
	raises("out of bounds: offset 5, length 6, size 10", d.setstring, d, 5, "123456")
	raises("out of bounds", d.setstring, d, -1, "")
	raises("out of bounds", d.setstring, d, 11, "")
	equal(tostring(d), ("\0"):rep(10), "nothing was written")
end)

test("D-DATA-5: length 0 within bounds", function()
	local d = data.new(3)
	equal(d:getstring(0, 0), "")
	equal(d:getstring(3), "")
	equal(d:getstring(3, 0), "")
	d:setstring(3, "")
	d:setstring(0, "")
end)

test("length operator", function()
	equal(#data.new(1), 1)
	equal(#data.new(100000), 100000)
end)

test("D-DATA-1: fresh memory is zero", function()
	for _, size in ipairs{1, 7, 64, 4096, 1 << 18} do
		local dirty = data.new(size)
		dirty:setstring(0, ("\255"):rep(size))
		dirty = nil
		collectgarbage()
		equal(tostring(data.new(size)) == ("\0"):rep(size), true, size)
	end
end)

test("D-DATA-2: sizes are validated", function()
	for _, size in ipairs{0, -1, math.mininteger, math.maxinteger, 1 << 40, 1 << 62} do
		raises("not enough memory", data.new, size)
	end
	raises("number expected", data.new)
	raises("number expected", data.new, "many")
	raises("number expected", data.new, {})
	collectgarbage()
end)

test("D-DATA-3: large objects come and go", function()
	for i = 1, 40 do
		local d = data.new(200000 + i)
		d:setbyte(200000 + i - 1, i)
		equal(d:getbyte(200000 + i - 1), i)
		d = nil
		collectgarbage()
	end
end)

test("copies of more than one piece", function()
	local d = data.new(20000)
	local text = string.rep("0123456789abcdef", 1250)
	d:setstring(0, text)
	equal(tostring(d) == text, true)
	equal(d:getstring(4095, 4098) == text:sub(4096, 4096 + 4097), true)
end)

test("D-CORE-10: only data objects are accepted", function()
	local d, t = data.new(1), rcu.table(1)
	raises("data expected", d.getbyte, t, 0)
	raises("data expected", d.setstring, t, 0, "x")
	raises("object expected", d.getbyte, {}, 0)
	raises("object expected", d.getbyte, "d", 0)
	raises("object expected", d.getbyte, nil, 0)
end)

test("D-CORE-12: the metatable is out of reach", function()
	local d = data.new(1)
	equal(getmetatable(d), false)
	raises("table expected", setmetatable, d, {})
	equal(d.__len, nil)
	equal(d.__index, nil)
	raises("object expected", d.getbyte, 5, 0)
	raises("object expected", d.getbyte, coroutine.create(print), 0)
end)

test("unknown methods and fields", function()
	local d = data.new(1)
	equal(d.getuint64, nil)
	equal(d.nosuch, nil)
	raises("", function() d.field = 1 end)
end)

cases.finish()
