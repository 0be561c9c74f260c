-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- The options of the target, for iptables: lunatik.com is 10.1.2.3 for 10.1.1.2.

local NAME <const> = "\7lunatik\3com"
local CLIENT <const> = 0x0a010102
local ADDRESS <const> = 0x0a010203

luaxt.target{
	revision = 0,
	family = luaxt.family.UNSPEC,

	help = function()
		print("dnsdoctor has no options")
	end,

	init = function(par)
		par.userargs = (">s4I4I4"):pack(NAME, CLIENT, ADDRESS)
	end,

	print = function()
		io.write(" dnsdoctor")
	end,
}
