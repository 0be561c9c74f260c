-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Options of the target "frames".

luaxt.target{
	family = luaxt.family.BRIDGE,
	options = {say = true},
	parse = function(par)
		par.userargs = par.value
		return true
	end,
	-- ebtables prints a space first, and saves what this prints.
	print = function(text) io.write("--say ", text) end,
}
