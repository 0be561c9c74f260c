-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Options of the target "JUDGE".

luaxt.target{
	revision = 1,
	family = luaxt.family.UNSPEC,
	options = {say = true},
	parse = function(par)
		par.userargs = par.value
		return true
	end,
	print = function(text) io.write(" JUDGE says ", text) end,
	save = function(text) io.write(" --say ", text) end,
}
