-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Options of the match "judge".

luaxt.match{
	revision = 1,
	family = luaxt.family.UNSPEC,
	options = {text = true, refuse = false},
	help = function() print("judge match options:\n  --text TEXT") end,
	init = function(par) par.userargs = "none" end,
	parse = function(par)
		assert(par.flags == 0 and par.userargs == "none")
		if par.option == "refuse" then
			par.userargs = par.inverted and "all" or "refuse"
		elseif par.value == "bug" then
			par.userargs = nil .. "x"
		elseif par.value == "flags" then
			par.flags = nil
			return true
		else
			par.userargs = par.value
		end
		par.flags = 1
		return true
	end,
	final_check = function(flags)
		if flags == 0 then
			error("--text is required", 0)
		end
	end,
	print = function(text, raw)
		assert(#raw == 256)
		io.write(" judge says ", text)
	end,
	save = function(text) io.write(" --text ", text) end,
}
