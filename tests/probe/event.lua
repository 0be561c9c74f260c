-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts the files that tests/probe/calls -o opens, in any kind of runtime, and reports the 300th.

local probe = require("probe")

local opens = 0

probe.new("do_sys_openat2", {pre = function(_, _, argument, event)
	if event.comm ~= "calls" then
		return
	end
	local name = event:userstring(argument(1))
	if name and name:find("^/nothing/") then
		opens = opens + 1
		if opens == 300 then
			print(opens .. " opens of " .. name .. " by " .. event.pid)
		end
	end
end})
