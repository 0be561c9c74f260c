-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts the files that tests/probe/calls -o opens in each way, in any kind of runtime, and reports the 300th.

local probe = require("probe")

local entries, exits, calls, sum, last, reported = 0, 0, 0, 0, nil, false

local function path(event)
	local name = event.comm == "calls" and event:userstring(event:arg(1))
	return name and name:match("^/nothing/.*") or nil
end

local function report()
	if entries == 300 and exits == 300 and calls == 300 and last == "/nothing/299" and not reported then
		reported = true
		print(("%d entries, %d exits, %d calls, %d, %s"):format(entries, exits, calls, sum, last))
	end
end

probe.entry("do_sys_openat2", function(event)
	if path(event) then
		entries = entries + 1
	end
end)

probe.exit("do_sys_openat2", function(event)
	if event.comm == "calls" and event:result() & 0xffffffff == 0xfffffffe then
		exits = exits + 1
		report()
	end
end)

probe.call("do_sys_openat2", {
	entry = path,
	exit = function(_, name)
		last = name or last
		report()
	end,
})

local numbers = 0

probe.call("do_sys_openat2", {
	entry = function(event)
		if path(event) then
			numbers = numbers + 1
			return numbers
		end
	end,
	exit = function(_, number)
		if number then
			calls = calls + 1
			sum = sum + number
			report()
		end
	end,
})
