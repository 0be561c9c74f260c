-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Options of the match "second".

local luaxt = require("luaxt")

-- A15: it returns something true.
assert(luaxt.match{
	family = luaxt.family.IPV4,
	options = {size = true},
	parse = function(par)
		par.userargs = par.value
		return true
	end,
	save = function(text) io.write(" --size ", text) end,
})
