-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A hook that never ends, on packets that leave for this machine.

local nf = require("netfilter")

nf.register{
	pf = nf.family.INET,
	hooknum = nf.inet_hooks.LOCAL_OUT,
	priority = nf.ip_priority.FILTER,
	hook = function()
		while true do
		end
	end,
}
