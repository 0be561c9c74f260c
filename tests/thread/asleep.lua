-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that only ever sleeps, in a state that no signal interrupts.

local linux = require("linux")

return function(d)
	return function()
		d:setnumber(0, 1)
		while true do
			linux.schedule(nil, linux.task.UNINTERRUPTIBLE)
		end
	end
end
