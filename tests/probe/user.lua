-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts calls and returns of the function that tests/probe/calls -u calls, in any kind of runtime, and reports 500.

local probe = require("probe")

local program = "/usr/share/lunatik-tests/tests/probe/calls"
local calls, returns = 0, 0

probe.user(program, "calls_add", function(event)
	if event:userstring(event:arg(1)) == "a text of the program" then
		calls = calls + 1
	end
end)

probe.userexit(program, "calls_add", function(event)
	if event:result() >= 1000000 then
		returns = returns + 1
	end
	if calls == 500 and returns == 500 then
		print("500 calls, 500 returns")
	end
end)
