-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Its body sleeps for ever, in a state that no signal interrupts.

local linux = require("linux")

while true do
	linux.schedule(nil, linux.task.UNINTERRUPTIBLE)
end
