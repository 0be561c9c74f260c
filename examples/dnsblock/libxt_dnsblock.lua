-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- The options of the match, for iptables.

luaxt.match{
	revision = 1,
	family = luaxt.family.UNSPEC,
	options = {domain = true},

	help = function()
		print("dnsblock match options:\n  --domain NAME  queries for NAME and what is below it; without, for the script's own list")
	end,

	parse = function(par)
		if par.inverted or #par.value > 253 then
			error("--domain takes a name of at most 253 characters, and no !", 0)
		end
		par.userargs = par.value:lower()
		return true
	end,

	print = function(domain)
		io.write(" dnsblock", domain ~= "" and " domain " .. domain or "")
	end,

	save = function(domain)
		if domain ~= "" then
			io.write(" --domain ", domain)
		end
	end,
}
