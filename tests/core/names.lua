-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Names that do not exist: constants, and fields of tables of options.

local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function nop() end

-- The libraries with constants that this kind of runtime has, and a table of each.
local tables = {
	netfilter = "action", xtable = "family", xdp = "action", socket = "af", notifier = "notify", linux = "errno",
}
for name, constants in pairs(tables) do
	local ok, library = pcall(require, name)
	tables[name] = ok and library[constants] or nil
end

local function index(constants, name)
	return constants[name]
end

for name, constants in pairs(tables) do
	test(name .. ": a constant that does not exist raises", function()
		local message = raises("has no 'NO_SUCH_NAME_AT_ALL'", index, constants, "NO_SUCH_NAME_AT_ALL")
		equal(message:find("nearest", 1, true), nil, "nothing is near")
	end)
	test(name .. ": the nearest one is named", function()
		local right = next(constants)
		raises(("has no '%sX' (the nearest one is '"):format(right), index, constants, right .. "X")
	end)
	test(name .. ": what exists is there", function()
		local count = 0
		for right, value in pairs(constants) do
			equal(constants[right], value)
			count = count + 1
		end
		equal(count > 2, true)
		equal(rawget(constants, "NO_SUCH_NAME_AT_ALL"), nil)
		equal(constants[1], nil, "names only")
	end)
end

if tables.netfilter then
	test("letters that are exchanged", function()
		raises("netfilter.action has no 'DORP' (the nearest one is 'DROP')", index, tables.netfilter, "DORP")
	end)
end

local function refused(library, text, f, ...)
	local ok, what = pcall(require, library)
	local _, message = pcall(ok and what[f] or nop, ...)
	-- Other kinds of runtime cannot register such hooks.
	if ok and what[f] and not tostring(message):find("runtime in this context", 1, true) then
		local arguments = table.pack(...)
		test(text, function()
			raises(text, what[f], table.unpack(arguments))
		end)
	end
end

local _, netfilter = pcall(require, "netfilter")
if type(netfilter) == "table" then
	local options = {pf = netfilter.family.INET, hooknum = 0, priority = 0, hook = nop}
	options.falback = 1
	refused("netfilter", "unknown field 'falback' (the nearest one is 'fallback')", "register", options)
	options = {pf = netfilter.family.INET, hooknum = 0, priority = 0, hook = nop, 7}
	refused("netfilter", "unknown field [1]", "register", options)
end
refused("xtable", "unknown field 'mtach' (the nearest one is 'match')", "match", {name = "core_names", mtach = nop})
refused("xtable", "unknown field 'traget' (the nearest one is 'target')", "target", {name = "core_names", traget = nop})
refused("probe", "unknown field 'psot' (the nearest one is 'post')", "new", "kernel_restart", {pre = nop, psot = nop})
refused("lunatik", "unknown field 'memroy' (the nearest one is 'memory')", "runtime", "tests/core/child", {memroy = 1 << 20})
refused("device", "unknown field 'raed' (the nearest one is 'read')", "new", {name = "core_names", raed = nop})
refused("device", "unknown field 'relase' (the nearest one is 'release')", "new", {name = "core_names", relase = nop})
refused("device", "unknown field 'mdoe' (the nearest one is 'mode')", "new", {name = "core_names", mdoe = 292})
refused("device", "unknown field 'sesion' (the nearest one is 'session')", "new", {name = "core_names", sesion = "x"})

local device = require("device")
if require("lunatik").runtime then
	test("a driver is the script's own table, too", function()
		device.new{name = "core_names", read = nop, reads = 0, names = {}, helper = nop, reader = nop, [1] = true,
			state = {}, log = ""}:stop()
	end)
end
