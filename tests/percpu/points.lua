-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Stays at the hook point of the other scripts.

local nf = require("netfilter")

nf.register{
	pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.FIRST, hook = function() end,
}
