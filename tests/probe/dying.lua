-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Prints on a CPU that goes, and at a system call that nobody else makes.

local probe = require("probe")
local syscall = require("syscall")

probe.entry("sched_cpu_dying", function(event) print("goes", event.cpu) end)
probe.new(syscall.address(syscall.numbers.sched_get_priority_max), {pre = function() print("called") end})
