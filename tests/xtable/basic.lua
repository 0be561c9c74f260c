-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Arguments that registering refuses; run in a softirq runtime.

local cases = require("tests.cases")
local netfilter = require("netfilter")
local xtable = require("xtable")

local case, equal, raises = cases.test, cases.equal, cases.raises

local function nop() end

local function options(changes)
	local t = {
		name = "basic", revision = 0, family = xtable.family.UNSPEC, proto = 0, hooks = 0,
		match = nop, target = nop, checkentry = nop, destroy = nop,
	}
	for key, value in pairs(changes) do
		t[key] = value
	end
	return t
end

case("constants are those of netfilter", function()
	for name, constants in pairs(netfilter) do
		if type(constants) == "table" then
			for key, value in pairs(constants) do
				equal(xtable[name][key], value)
			end
		end
	end
end)

case("all fields are required", function()
	for _, field in ipairs{"name", "revision", "family", "proto", "hooks", "checkentry", "destroy"} do
		local t = options{}
		t[field] = nil
		raises("bad field '" .. field .. "'", xtable.match, t)
		raises("bad field '" .. field .. "'", xtable.target, t)
	end
	local t = options{}
	t.match, t.target = nil, nil
	raises("bad field 'match'", xtable.match, t)
	raises("bad field 'target'", xtable.target, t)
end)

case("ranges", function()
	for field, values in pairs{
		revision = {-1, 256}, family = {-1, 1, 5, 200, 1 << 40}, proto = {-1, 65536}, hooks = {-1, 64, 1 << 33},
		fallback = {1, "x"},
	} do
		for _, value in ipairs(values) do
			raises("bad field '" .. field .. "'", xtable.match, options{[field] = value})
		end
	end
	raises("bad field 'fallback' (5 is not DROP, ACCEPT or CONTINUE", xtable.target, options{fallback = 5})
	raises("bad field 'fallback'", xtable.target, options{fallback = true})
end)

case("names", function()
	raises("bad field 'name' (more than 28 bytes)", xtable.match, options{name = ("x"):rep(29)})
	raises("bad field 'name' (empty: 1 to 28 bytes without a zero byte expected)", xtable.match, options{name = ""})
	raises("bad field 'name'", xtable.match, options{name = "a\0b"})
	xtable.match(options{name = ("x"):rep(28)}):stop()
end)

case("D-XT-11: name, revision, family", function()
	local first = xtable.match(options{})
	raises("already", xtable.match, options{})
	local others = {
		xtable.match(options{revision = 1}),
		xtable.target(options{}),
	}
	first:stop()
	first:stop()
	first = xtable.match(options{})
	for _, other in ipairs(others) do
		other:stop()
	end
	first:stop()
end)

case("D-XT-12: a failed registration leaves nothing", function()
	raises("bad field", xtable.match, options{name = "left", fallback = 1})
	xtable.match(options{name = "left"}):stop()
end)

case("extensions of the kernel are not shadowed", function()
	raises("unable to register match (there is a 'tcp' of revision 0 already, error 17)",
		xtable.match, options{name = "tcp", family = xtable.family.IPV4})
end)

cases.finish()
