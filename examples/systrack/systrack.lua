-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- /dev/systrack: how often some system calls were made since the script was started.
--
--	# lunatik run examples/systrack
--	# cat /dev/systrack

local device = require("device")
local linux = require("linux")
local probe = require("probe")
local syscall = require("syscall.table")

local counts = {}

local function nop() end

for _, name in ipairs{"openat", "read", "write", "readv", "writev", "close"} do
	counts[name] = 0
	probe.new(syscall[name], {
		pre = function() counts[name] = counts[name] + 1 end,
		post = nop,
	})
end

local driver = {name = "systrack", mode = linux.stat.IRUGO, open = nop, release = nop}

-- A file is read once, then it is at its end.
function driver:read(_, offset)
	if offset > 0 then
		return ""
	end
	local lines = {}
	for name, count in pairs(counts) do
		lines[#lines + 1] = ("%s: %d\n"):format(name, count)
	end
	return table.concat(lines)
end

device.new(driver)
