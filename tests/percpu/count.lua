-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts the packets to UDP port 7002 that each state sees, in an array of all states. Those to other ports make the
-- state of their CPU do something.

local lunatik = require("lunatik")
local map = require("map")
local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

local env = lunatik._ENV
local cpu = lunatik.cpu()
local counts = env.percpu_counts or map.array(64)
env.percpu_counts = counts

local seen = 0 -- by this state
local handle

local actions = {
	[7002] = function()
		seen = seen + 1
		assert(counts:add(cpu) == seen)
	end,
	[7003] = function()
		while true do
		end
	end,
	[7004] = function()
		handle:stop()
	end,
	[7005] = function()
		error("planned")
	end,
}

local function hook(skb, network)
	local action = actions[packets.udp(skb, network)]
	if action then
		action()
	end
	return nf.action.ACCEPT
end

counts[cpu] = 0
handle = nf.register{pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.FILTER, hook = hook}
