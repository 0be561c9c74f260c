-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Keeps the functions that `resume` runs in this softirq or hardirq runtime from sleeping.
-- A runtime with hooks is not entered as a body, even where the caller may sleep. The hook is one that nothing calls.
-- @module tests.atomic

local function softirq()
	local nf = require("netfilter")
	return nf.register{
		pf = nf.family.IPV6, hooknum = nf.inet_hooks.FORWARD, priority = nf.ip_priority.LAST,
		hook = function() return nf.action.ACCEPT end,
	}
end

local function hardirq()
	return require("probe").new("kernel_power_off", {pre = function() end})
end

local registered, hook = pcall(softirq)
if not registered then
	hook = hardirq()
end

return {hook = hook}
