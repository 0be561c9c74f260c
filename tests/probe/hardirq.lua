-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For a hardirq runtime: counts hits into the data object that it is resumed with.

local linux = require("linux")
local probe = require("probe")
local syscall = require("syscall")

local counts

local function count(offset)
	if counts then
		counts:setnumber(offset, counts:getnumber(offset) + 1)
	end
end

probe.new(syscall.address(syscall.numbers.sched_get_priority_max), {
	pre = function() count(0) end,
	post = function() count(8) end,
})

return function(data)
	counts = data
	print(pcall(probe.new, "vfs_read", {pre = print}))
	print(pcall(linux.schedule, 1))
end
