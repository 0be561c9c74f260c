-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts exits of processes, beside many other events, in any kind of runtime, and reports the 50th exit.

local probe = require("probe")

local exits, others = 0, 0

probe.tracepoint("sched:sched_process_exit", function(event)
	if event.comm == "true" then
		exits = exits + 1
		if exits == 50 then
			print(exits .. " exits")
		end
	end
end)

local function other(event)
	others = others + 1
	return event:arg(0), event.time
end

for _, name in ipairs{"sched_switch", "sched_waking", "kmem_cache_alloc", "contention_begin", "timer_start", "local_timer_entry",
	"irq_handler_entry", "softirq_entry", "sys_enter", "sys_exit", "mm_page_alloc", "rcu_utilization", "console"} do
	pcall(probe.tracepoint, name, other)
end
