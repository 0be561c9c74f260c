-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Arguments that probe.new refuses, and that nothing of them stays behind.

local cases = require("tests.cases")
local linux = require("linux")
local probe = require("probe")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function nop() end

local handlers = {pre = nop, post = nop}

test("an unknown symbol", function()
	raises("failed to register probe (-2): no_such_function_at_all: the kernel has no such symbol",
		probe.new, "no_such_function_at_all", handlers)
end)

test("a symbol on the kernel's blacklist", function()
	raises("failed to register probe (-22): get_kprobe: it is on the kernel's blacklist",
		probe.new, "get_kprobe", handlers)
end)

test("a function of ours", function()
	raises("failed to register probe (-22)", probe.new, "lunatik_enter", handlers)
	raises("failed to register probe (-22)", probe.new, "luaV_execute", handlers)
end)

test("data", function()
	raises("failed to register probe (-22)", probe.new, "init_task", handlers)
	raises("not an address in the kernel's text", probe.new, linux.lookup("init_task"), handlers)
	raises("not an address in the kernel's text", probe.new, linux.lookup("sys_call_table"), handlers)
end)

test("initialisation that is no longer there", function()
	raises("failed to register probe (-22)", probe.new, "start_kernel", handlers)
	local address = linux.lookup("start_kernel")
	if address then
		raises("not an address in the kernel's text", probe.new, address, handlers)
	end
end)

test("the middle of an instruction, and outside of the function", function()
	raises("failed to register probe (-", probe.new, "vfs_read+0x1000000", handlers)
	local refused
	for offset = 1, 16 do
		local ok, p = pcall(probe.new, "vfs_read+" .. offset, handlers)
		if ok then
			p:stop()
		else
			refused = p
		end
	end
	-- On arm64 the address alone shows it, and the error is that of other wrong places.
	assert(refused and (refused:find("(-84)", 1, true) and refused:find("no instruction begins there", 1, true) or
		refused:find("(-22)", 1, true) and refused:find("in the middle of an instruction", 1, true)), refused)
end)

test("targets of other types", function()
	raises("(symbol or address expected, got nil)", probe.new, nil, handlers)
	raises("symbol or address expected, got number", probe.new, 1, handlers)
	raises("symbol or address expected, got table", probe.new, {}, handlers)
	raises("symbol or address expected, got function", probe.new, print, handlers)
	raises("not the name of a symbol", probe.new, "", handlers)
	raises("not the name of a symbol", probe.new, "vfs_read\0x", handlers)
	raises("not the name of a symbol", probe.new, ("x"):rep(10000), handlers)
	raises("the offset after '+' is not a number", probe.new, "vfs_read+x", handlers)
	raises("the offset after '+' is not a number", probe.new, "vfs_read+", handlers)
	raises("the offset after '+' is not a number", probe.new, "vfs_read+0x100000000", handlers)
end)

test("handlers of other types", function()
	raises("bad argument #2 to 'probe.new' (table expected, got no value)", probe.new, "vfs_read")
	raises("(table expected, got function)", probe.new, "vfs_read", nop)
	raises("neither a function 'pre' nor a function 'post'", probe.new, "vfs_read", {})
	raises("bad field 'pre' (function expected, got number)", probe.new, "vfs_read", {pre = 1, post = nop})
	raises("bad field 'post' (function expected, got string)", probe.new, "vfs_read", {pre = nop, post = "x"})
	raises("from __index", probe.new, "vfs_read", setmetatable({}, {__index = function() error("from __index") end}))
end)

test("stop may be repeated; enable raises afterwards", function()
	local p = probe.new("vfs_read", handlers)
	p:enable(false)
	p:enable(false)
	p:enable(true)
	p:enable(true)
	raises("boolean expected, got no value", p.enable, p)
	p:stop()
	p:stop()
	raises("null-pointer dereference", p.enable, p, true)
	raises("null-pointer dereference", p.enable, p, false)
	p:stop()
end)

test("methods check their object", function()
	raises("object expected", probe.new("vfs_read", handlers).stop, {})
	raises("object expected", probe.new("vfs_read", handlers).enable, io, true)
end)

-- Every kernel has several functions of the name c_start.
test("a name that several functions bear", function()
	local addresses = {linux.lookup("c_start")}
	assert(#addresses > 1, "only " .. #addresses)
	local text = "c_start: " .. #addresses .. " functions bear this name: "
	local message = raises(text, probe.new, "c_start", handlers)
	message = message:sub(select(2, message:find(text, 1, true)) + 1)
	local places = 0
	for place in message:gmatch("[%w_]+[+:][%w_]+") do
		places = places + 1
		probe.new(place, handlers):stop()
	end
	equal(places, math.min(#addresses, 8))
	for _, address in ipairs(addresses) do
		probe.new(address, handlers):stop()
	end
	raises("c_start: ", probe.new, "c_start+0", handlers)
end)

test("several probes in one place", function()
	local probes = {}
	for i = 1, 20 do
		probes[i] = probe.new("vfs_read", handlers)
	end
	probes[7]:enable(false)
	for i = 1, 20 do
		probes[i]:stop()
	end
	equal(tostring(probes[1]):match("^probe: ") ~= nil, true)
end)

test("probes that fail take no memory", function()
	for i = 1, 200 do
		pcall(probe.new, "no_such_function_at_all", handlers)
	end
	collectgarbage()
end)

cases.finish()
