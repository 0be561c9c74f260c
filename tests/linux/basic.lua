-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The functions of the linux library, in every kind of runtime.

local linux = require("linux")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function octal(digits)
	return tonumber(digits, 8)
end

test("random: all bits", function()
	local ones, zeros = 0, -1
	for _ = 1, 200 do
		local value = linux.random()
		ones, zeros = ones | value, zeros & value
	end
	equal(ones, -1)
	equal(zeros, 0)
end)

test("A28: random(0) is all bits too", function()
	local ones = 0
	for _ = 1, 200 do
		ones = ones | linux.random(0)
	end
	equal(ones, -1)
end)

local function inside(count, low, high, ...)
	local seen, different = {}, 0
	for _ = 1, count do
		local value = linux.random(...)
		equal(value >= low and value <= high, true, value)
		if not seen[value] then
			seen[value] = true
			different = different + 1
		end
	end
	return different
end

test("random: intervals", function()
	equal(inside(400, 1, 6, 6), 6)
	equal(inside(400, 1, 1, 1), 1)
	equal(inside(400, -3, 3, -3, 3), 7)
	equal(inside(50, 5, 5, 5, 5), 1)
	equal(inside(2000, 32, 126, 32, 126), 95)
end)

test("D-LIN-3: wide intervals", function()
	equal(inside(100, math.mininteger, math.maxinteger, math.mininteger, math.maxinteger) > 95, true)
	equal(inside(100, 1, math.maxinteger, math.maxinteger) > 95, true)
	equal(inside(100, math.mininteger, 0, math.mininteger, 0) > 95, true)
	local above = 0
	for _ = 1, 300 do
		above = above + (linux.random(0, 3 << 61) > 1 << 62 and 1 or 0)
	end
	equal(above > 40 and above < 180, true, "a third of them expected, not " .. above)
end)

test("random: errors", function()
	raises("interval is empty", linux.random, -1)
	raises("interval is empty", linux.random, 2, 1)
	raises("interval is empty", linux.random, math.maxinteger, math.mininteger)
	raises("wrong number of arguments", linux.random, 1, 2, 3)
	raises("number expected", linux.random, "x")
	raises("number expected", linux.random, 1, {})
end)

test("time and difftime", function()
	local before = linux.time()
	equal(before > 1600000000 * 1000000000, true, "after 2020")
	equal(linux.time() >= before, true)
	equal(linux.difftime(7, 3), 4)
	equal(linux.difftime(3, 7), -4)
	equal(linux.difftime(math.mininteger, 1), math.maxinteger)
	raises("number expected", linux.difftime, 1)
end)

test("clock", function()
	local before = linux.clock()
	equal(math.type(before), "integer")
	equal(before > 0 and before < linux.time(), true, "since the start of the machine")
	for _ = 1, 100 do
		local now = linux.clock()
		equal(now >= before, true)
		before = now
	end
end)

test("byte order", function()
	local function bytes(format, value)
		return (string.unpack("=" .. format, string.pack(">" .. format, value)))
	end
	local value <const> = 0x0123456789abcdef
	for _, name in ipairs{"hton", "ntoh", "htobe"} do
		equal(linux[name .. "16"](0x1234), bytes("I2", 0x1234), name)
		equal(linux[name .. "32"](0x12345678), bytes("I4", 0x12345678), name)
		equal(linux[name .. "64"](value), bytes("i8", value), name)
	end
	equal(linux.be16toh(linux.htobe16(0xfedc)), 0xfedc)
	equal(linux.be32toh(linux.htobe32(0xfedcba98)), 0xfedcba98)
	equal(linux.be64toh(linux.htobe64(-2)), -2)
	equal(linux.htole16(0x1234), (string.unpack("=I2", string.pack("<I2", 0x1234))))
	equal(linux.htole32(0x12345678), (string.unpack("=I4", string.pack("<I4", 0x12345678))))
	equal(linux.le16toh(linux.htole16(0xfedc)), 0xfedc)
	equal(linux.le32toh(linux.htole32(0xfedcba98)), 0xfedcba98)
	equal(linux.le64toh(linux.htole64(value)), value)
end)

test("byte order: only the low bits count, and results are unsigned", function()
	equal(linux.hton16(0xff1234), linux.hton16(0x1234))
	equal(linux.hton32(0xff12345678), linux.hton32(0x12345678))
	equal(linux.ntoh16(-1), 0xffff)
	equal(linux.ntoh32(-1), 0xffffffff)
	equal(linux.ntoh64(-1), -1)
	raises("number expected", linux.hton16)
end)

test("D-LIN-1: 64 bits are converted whole", function()
	local swapped = linux.htobe64(0x0102030405060708)
	equal(swapped == 0x0807060504030201 or swapped == 0x0102030405060708, true, swapped)
	equal(linux.be64toh(swapped), 0x0102030405060708)
end)

test("ifindex", function()
	equal(linux.ifindex("lo"), 1)
	for _, name in ipairs{"nosuch", "", "an interface name that is too long", ("x"):rep(5000)} do
		raises("device not found", linux.ifindex, name)
	end
	raises("string expected", linux.ifindex)
end)

test("D-LIN-5: lookup", function()
	equal(type(linux.lookup("schedule")), "userdata")
	equal(linux.lookup("no_such_symbol"), nil)
	equal(linux.lookup(""), nil)
	equal(linux.lookup(("x"):rep(2000)), nil)
	raises("string expected", linux.lookup)
	equal(select("#", linux.lookup("schedule")), 1)
	assert(select("#", linux.lookup("c_start")) > 1)
	local first, second = linux.lookup("c_start")
	assert(first ~= second)
end)

test("tracing", function()
	local before = linux.tracing()
	equal(type(before), "boolean")
	equal(linux.tracing(false), false)
	equal(linux.tracing(), false)
	equal(linux.tracing(1), linux.tracing())
	linux.tracing(before)
	equal(linux.tracing(), before)
end)

test("A22: constants of stat", function()
	local values = {
		IRWXUGO = "777", IALLUGO = "7777", IRUGO = "444", IWUGO = "222", IXUGO = "111", IRWXU = "700",
		IRUSR = "400", IWUSR = "200", IXUSR = "100", IRWXG = "70", IRGRP = "40", IWGRP = "20", IXGRP = "10",
		IRWXO = "7", IROTH = "4", IWOTH = "2", IXOTH = "1"
	}
	for name, digits in pairs(values) do
		equal(linux.stat[name], octal(digits), name)
	end
end)

test("A8: constants of task", function()
	equal(linux.task.RUNNING, 0)
	equal(linux.task.INTERRUPTIBLE, 1)
	equal(linux.task.UNINTERRUPTIBLE, 2)
	equal(linux.task.KILLABLE & 2, 2)
	equal(linux.task.IDLE & 2, 2)
end)

test("constants of errno", function()
	local names = {
		"PERM", "NOENT", "SRCH", "INTR", "IO", "NXIO", "2BIG", "NOEXEC", "BADF", "CHILD", "AGAIN", "NOMEM",
		"ACCES", "FAULT", "NOTBLK", "BUSY", "EXIST", "XDEV", "NODEV", "NOTDIR", "ISDIR", "INVAL", "NFILE",
		"MFILE", "NOTTY", "TXTBSY", "FBIG", "NOSPC", "SPIPE", "ROFS", "MLINK", "PIPE", "DOM", "RANGE"
	}
	for number, name in ipairs(names) do
		equal(linux.errno[name], number, name)
	end
end)

cases.finish()
