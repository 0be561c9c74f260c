-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Registers hooks in the function that resume() runs, and counts in what it is given: hooks at byte 0, packets behind.

local nf = require("netfilter")
local hasxdp, xdp = pcall(require, "xdp")

local function watch(d, at, hooknum)
	nf.register{
		pf = nf.family.IPV4, hooknum = hooknum, priority = nf.ip_priority.FILTER,
		hook = function()
			d:setbyte(at, d:getbyte(at) + 1 & 255)
		end,
	}
	d:setbyte(0, at)
end

return function(d)
	watch(d, 1, nf.inet_hooks.LOCAL_OUT)
	watch(d, 2, nf.inet_hooks.LOCAL_IN)
	if hasxdp then
		xdp.attach(function() return xdp.action.PASS end)
	end
	return function()
		d:setbyte(0, 77) -- the hooks are there: packets wait for this
		return pcall(watch, d, 3, nf.inet_hooks.FORWARD) and d or nil
	end
end
