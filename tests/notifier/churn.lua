-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Runs and stops runtimes with notifiers, and passes notifiers to others that stop them, while interfaces come and go.

local lunatik = require("lunatik")
local notifier = require("notifier")
local cases = require("tests.cases")

local test, equal = cases.test, cases.equal

local events = 0

local n = notifier.netdevice(function() events = events + 1 end)

test("fifty times run and stopped", function()
	for _ = 1, 50 do
		lunatik.runtime("tests/notifier/many"):stop()
	end
end)

test("D-NOT-8: what another runtime stopped leaves nothing in its own", function()
	lunatik.runtime("tests/notifier/leak", {memory = 384 << 10}):stop()
end)

test("fifty times stopped by another runtime", function()
	local rt <close> = lunatik.runtime("tests/notifier/stopper")
	for _ = 1, 50 do
		local victim = notifier.netdevice(function() end)
		rt:resume(victim)
		victim:stop()
	end
end)

test("D-NOT-5: registered and stopped by the holder of the runtime", function()
	for _ = 1, 50 do
		local victim = notifier.netdevice(function() end)
		victim:stop()
	end
	equal(events > 0, true)
end)

n:stop()
cases.finish()
