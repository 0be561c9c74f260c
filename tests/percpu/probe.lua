-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts the calls of a function on each CPU, in an array of all states.

local lunatik = require("lunatik")
local map = require("map")
local probe = require("probe")
local syscall = require("syscall")

local env = lunatik._ENV
local cpu = lunatik.cpu()
local counts = env.percpu_counts or map.array(64)
env.percpu_counts = counts
counts[cpu] = 0
counts[cpu + 32] = 0

local handlers = {
	pre = function() counts:add(cpu) end,
	post = function() counts:add(cpu + 32) end,
}
probe.new(syscall.address(syscall.numbers.sched_get_priority_max), handlers)
