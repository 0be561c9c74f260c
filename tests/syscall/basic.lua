-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Numbers and addresses of system calls; works in every kind of runtime.

local cases = require("tests.cases")
local linux = require("linux")
local syscall = require("syscall")

local test, equal, raises = cases.test, cases.equal, cases.raises

test("A3: numbers and number agree", function()
	local n = 0
	for name, number in pairs(syscall.numbers) do
		equal(math.type(number), "integer", name)
		equal(syscall.number(name), number, name)
		n = n + 1
	end
	assert(n > 250, n)
	for _, name in ipairs{"io_setup", "getcwd", "read", "newfstatat", "fstat", "mmap", "fadvise64", "rseq", "prlimit64"} do
		assert(syscall.numbers[name], name)
	end
end)

test("A3: what the kernel lacks is nil", function()
	equal(syscall.number("no_such_call"), nil)
	equal(syscall.number(""), nil)
	equal(syscall.number(("x"):rep(1000)), nil)
	equal(syscall.number("open"), nil) -- not among the names
	equal(syscall.number("fcntl64"), nil) -- of 32 bits
	equal(syscall.numbers.clock_gettime64, nil)
	equal(syscall.numbers.open or syscall.numbers.openat, syscall.number("openat"))
end)

test("the table stays what the kernel says", function()
	local number = syscall.numbers.read
	syscall.numbers.read = 77
	equal(syscall.number("read"), number)
	syscall.numbers.read = number
end)

test("number wants a string", function()
	raises("string expected", syscall.number)
	raises("string expected", syscall.number, {})
end)

test("address is a light userdata", function()
	equal(type(syscall.address(0)), "userdata")
	equal(syscall.address(0), syscall.address(0))
	assert(syscall.address(0) ~= syscall.address(1))
end)

test("out of bounds", function()
	for _, number in ipairs{-1, 100000, 1 << 31, 1 << 32, -1 << 63, math.maxinteger, math.mininteger, 65536} do
		raises("out of bounds", syscall.address, number)
	end
	raises("number expected", syscall.address, "x")
	raises("number expected", syscall.address)
end)

test("address is that of the symbol", function()
	for _, name in ipairs{"read", "write", "getpid", "openat", "statx", "clone3"} do
		local address = syscall.address(syscall.number(name))
		equal(address, linux.lookup("__x64_sys_" .. name) or linux.lookup("__arm64_sys_" .. name), name)
	end
end)

test("D-CORE-11: an address is no object", function()
	raises("object expected", function() require("rcu").table(4).x = syscall.address(0) end)
end)

test("syscall.table", function()
	local addresses = require("syscall.table")
	for name, number in pairs(syscall.numbers) do
		equal(addresses[name], syscall.address(number), name)
	end
	for name in pairs(addresses) do
		assert(syscall.number(name), name)
	end
end)

cases.finish()
