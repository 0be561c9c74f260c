-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Hot places; run and stopped again and again. One of the probes stops itself at its first hit.

local probe = require("probe")
local syscall = require("syscall")

local hits = 0

local function hit()
	hits = hits + 1
end

for _, symbol in ipairs{"vfs_read", "kfree", "try_to_wake_up", "vprintk_emit"} do
	probe.new(symbol, {pre = hit, post = hit})
end

local once
once = probe.new(syscall.address(syscall.numbers.read), {
	pre = function()
		once:stop()
	end
})
