-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Parameters, seen by a script's body.

local sysctl = require("sysctl")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises
local ttl <const> = "net.ipv4.ip_default_ttl"

-- Writes a value, returns what the kernel made of it, and restores the old one.
local function written(name, value)
	local old = sysctl.read(name)
	sysctl.write(name, value)
	local new = sysctl.read(name)
	sysctl.write(name, old)
	equal(sysctl.read(name), old, name)
	return new
end

test("read returns the text without the line end", function ()
	equal(sysctl.read("kernel.ostype"), "Linux")
	equal(select("#", sysctl.read("kernel.ostype")), 1)
	equal(sysctl.read("kernel.printk"):match("^%d+\t%d+\t%d+\t%d+$") ~= nil, true)
end)

test("names with slashes", function ()
	equal(sysctl.read("kernel/ostype"), "Linux")
	equal(sysctl.read("net/ipv4/ip_default_ttl"), sysctl.read(ttl))
end)

test("write takes integers and strings, and returns nothing", function ()
	equal(written(ttl, 77), "77")
	equal(written(ttl, "78"), "78")
	equal(written("vm.swappiness", 7), "7")
	equal(written("kernel.printk_ratelimit_burst", 11), "11")
	equal(written("kernel.hostname", "lunatik test"), "lunatik test")
	equal(select("#", sysctl.write(ttl, sysctl.read(ttl))), 0)
end)

test("names that are none", function ()
	for _, name in ipairs{"", ".", "/", "..", "net..ipv4", "net.", ".net", "/kernel/ostype", "//kernel", "kernel/",
			"kernel//ostype", "../kernel/ostype", "net/../kernel/ostype", "net/./ipv4", "kernel.//.ostype"} do
		raises("(not a name such as net.ipv4.ip_forward)", sysctl.read, name)
		raises("(not a name such as net.ipv4.ip_forward)", sysctl.write, name, 1)
	end
	for _, name in ipairs{"kernel.ostype\n", "kernel.\0ostype", "kernel\tostype", "kernel.ostype\127"} do
		raises("control character in a name", sysctl.read, name)
	end
	raises("a name has at most 255 bytes", sysctl.read, ("a"):rep(256))
	raises("there is no such parameter", sysctl.read, ("a"):rep(255))
	raises("string expected", sysctl.read)
	raises("string expected", sysctl.read, {})
end)

test("parameters that are none", function ()
	raises("failed to read kernel.lunatik (there is no such parameter, error 2)", sysctl.read, "kernel.lunatik")
	raises("failed to write kernel.lunatik (there is no such parameter, error 2)", sysctl.write, "kernel.lunatik", 1)
	raises("failed to read kernel (a folder of parameters, error 21)", sysctl.read, "kernel")
	raises("failed to write kernel (a folder of parameters, error 21)", sysctl.write, "kernel", 1)
	raises("there is no such parameter", sysctl.read, "kernel.ostype.name")
end)

test("rights of a parameter", function ()
	raises("failed to write kernel.ostype (not permitted, error 13)", sysctl.write, "kernel.ostype", "Lunix")
	raises("failed to read vm.compact_memory (not permitted, error 13)", sysctl.read, "vm.compact_memory")
	equal(sysctl.read("kernel.ostype"), "Linux")
end)

test("values", function ()
	local old = sysctl.read(ttl)
	raises("failed to write net.ipv4.ip_default_ttl (invalid value, error 22)", sysctl.write, ttl, "many")
	raises("invalid value", sysctl.write, ttl, 0)
	raises("invalid value", sysctl.write, ttl, 256)
	raises("a value is one line", sysctl.write, ttl, "64\n")
	raises("a value is one line", sysctl.write, ttl, "64\0")
	raises("a value has at most 4095 bytes", sysctl.write, ttl, (" "):rep(4096))
	raises("string expected", sysctl.write, ttl)
	raises("string expected", sysctl.write, ttl, true)
	equal(sysctl.read(ttl), old)
	-- Kernels take a second value of some parameters, such as ttl, without a word.
	local swappiness = sysctl.read("vm.swappiness")
	raises("more values than the parameter has", sysctl.write, "vm.swappiness", swappiness .. " 65")
	equal(sysctl.read("vm.swappiness"), swappiness)
end)

test("files do not collect", function ()
	local function files()
		return math.tointeger(sysctl.read("fs.file-nr"):match("^%d+"))
	end
	local before = files()
	for _ = 1, 2000 do
		sysctl.read("kernel.ostype")
	end
	equal(files() - before < 1000, true)
end)

cases.finish()
