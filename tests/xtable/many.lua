-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Extensions with ever new names: the library keeps a bounded number of entries for their rules.

local xtable = require("xtable")

local function nop() end

local function match(i)
	return xtable.match{
		name = "many" .. i, revision = 0, family = xtable.family.UNSPEC, proto = 0, hooks = 0,
		match = nop, checkentry = nop, destroy = nop,
	}
end

local first = match(1)
local i, ok, why = 1, true, nil
while ok and i < 2000 do
	i = i + 1
	ok, why = pcall(match, i)
end
assert(not ok and why:find("there have been 1024 different ones"), why)
assert(i > 900 and i <= 1025, i)
first:stop()
match(1)
