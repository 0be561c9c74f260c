-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Registers hooks of the same place: one for each priority.

local nf = require("netfilter")

return function (...)
	for _, priority in ipairs{...} do
		nf.register{pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = priority, hook = function() end}
	end
end
