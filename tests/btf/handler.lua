-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Reads tasks in the handler of a probe, by paths made before and by new ones.

local btf = require("btf")
local linux = require("linux")
local probe = require("probe")
local syscall = require("syscall")

local task = btf.struct("task_struct")
local comm = task.comm
local first = linux.lookup("init_task")

probe.new(syscall.address(syscall.numbers.sched_get_priority_max), {
	pre = function ()
		print(comm(first), task.group_leader.pid(first), task(first).parent, pcall(function () return task.nothing end))
		print(task.mm.owner.comm(0), task.comm(-1), task.real_parent.pid(-4096))
	end,
})
