-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed by tests/linux/schedule in a runtime that cannot sleep.

local linux = require("linux")
require("tests.atomic")

local function works()
	assert(linux.random(1, 3) <= 3 and linux.random() ~= linux.random())
	assert(linux.time() > 0 and linux.clock() > 0)
	assert(not pcall(linux.lookup, "schedule")) -- D-LIN-7: it may sleep
	assert(linux.ifindex("lo") == 1)
	assert(linux.ntoh16(linux.hton16(5)) == 5)
end

return function(log)
	local ok, message = pcall(linux.schedule, 1)
	local fine, why = pcall(works)
	log:setstring(0, (tostring(ok) .. (fine and " ok " or " " .. tostring(why)) .. message):sub(1, #log))
end
