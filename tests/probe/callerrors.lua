-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Arguments that probe.entry, probe.exit, probe.call and probe.symbols refuse.

local cases = require("tests.cases")
local linux = require("linux")
local probe = require("probe")

local test, raises = cases.test, cases.raises

local function nop() end

-- How to place a probe of each kind.
local kinds = {
	entry = function(target) return probe.entry(target, nop) end,
	exit = function(target) return probe.exit(target, nop) end,
	call = function(target) return probe.call(target, {exit = nop}) end,
}

for kind, place in pairs(kinds) do
	test(kind .. ": wrong targets", function()
		raises("(symbol or address expected, got nil)", place, nil)
		raises("(symbol or address expected, got number)", place, 1)
		raises("the kernel has no such symbol", place, "no_such_function_at_all")
		raises("failed to register probe (-22)", place, "get_kprobe")
		raises("failed to register probe (-22)", place, "lunatik_enter")
		raises("failed to register probe (-22)", place, "init_task")
		raises("not an address in the kernel's text", place, linux.lookup("init_task"))
		raises("not a function, but an instruction of it (see probe.new)", place, "vfs_read+4")
		raises("c_start: ", place, "c_start")
		raises("functions bear this name", place, "c_start")
	end)

	test(kind .. ": right targets", function()
		place("vfs_read"):stop()
		place("vfs_read+0"):stop()
		place(linux.lookup("vfs_read")):stop()
		local p = place("vfs_read")
		p:enable(false)
		p:enable(true)
		p:stop()
		p:stop()
		raises("null-pointer dereference", p.enable, p, true)
	end)
end

test("functions of other types", function()
	raises("bad argument #2 to 'probe.entry' (function expected, got no value)", probe.entry, "vfs_read")
	raises("bad argument #2 to 'probe.exit' (function expected, got table)", probe.exit, "vfs_read", {})
	raises("bad argument #2 to 'probe.call' (table expected, got function)", probe.call, "vfs_read", nop)
	raises("bad field 'exit' (function expected, got nil)", probe.call, "vfs_read", {entry = nop})
	raises("bad field 'entry' (function expected, got number)", probe.call, "vfs_read", {entry = 1, exit = nop})
	raises("unknown field 'exits'", probe.call, "vfs_read", {exits = nop})
	raises("unknown field 'maxactiv'", probe.exit, "vfs_read", nop, {maxactiv = 1})
end)

test("how many calls may be under way", function()
	raises("bad field 'maxactive' (0 is not in 1..4096)", probe.exit, "vfs_read", nop, {maxactive = 0})
	raises("bad field 'maxactive' (4097 is not in 1..4096)", probe.call, "vfs_read", {exit = nop, maxactive = 4097})
	raises("bad field 'maxactive' (number expected, got string)", probe.exit, "vfs_read", nop, {maxactive = "1"})
	probe.exit("vfs_read", nop, {maxactive = 1}):stop()
	probe.exit("vfs_read", nop, {}):stop()
	probe.exit("vfs_read", nop, nil):stop()
end)

test("probes that fail take no memory", function()
	for _ = 1, 100 do
		pcall(probe.exit, "no_such_function_at_all", nop)
		pcall(probe.call, "no_such_function_at_all", {exit = nop})
	end
	collectgarbage()
end)

test("patterns", function()
	raises("string expected, got no value", probe.symbols)
	assert(#probe.symbols("vfs_read") == 1)
	assert(#probe.symbols("vfs_rea?") >= 1)
	assert(#probe.symbols("vfs_[r]ead") == 1)
	assert(#probe.symbols("") == 0)
	assert(#probe.symbols("lunatik_enter") == 0, "a function of ours")
	assert(#probe.symbols("init_task") == 0, "data")
end)

cases.finish()
