-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts the time, and samples, in any kind of runtime, and reports when there are 100 of both.

local probe = require("probe")

local times, samples, reported = 0, 0, false

local function report()
	if not reported and times >= 100 and samples >= 100 then
		reported = true
		print("100 times, 100 samples")
	end
end

probe.every(5, function()
	times = times + 1
	report()
end)

probe.profile(200, function(event)
	if event.ip then
		samples = samples + 1
	end
	report()
end)
