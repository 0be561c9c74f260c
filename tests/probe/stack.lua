-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Looks at the callers of each file that tests/probe/calls -o opens, in any kind of runtime, and reports the 300th.

local probe = require("probe")

local stacks = 0

probe.entry("do_sys_openat2", function(event)
	if event.comm == "calls" and event:stack(8):find("^do_sys_openat2%+") and event:userstack():find("^0x") then
		stacks = stacks + 1
		if stacks == 300 then
			print(stacks .. " stacks begin with do_sys_openat2")
		end
	end
end)
