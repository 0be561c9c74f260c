-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that waits once, and notes its result; its timeout is -1 once it has begun.

local got = {timeout = 2, interrupt = 3}

return function(c, d)
	local timeout = d:getnumber(8)
	return function()
		d:setnumber(8, -1)
		local ok, why = c:wait(timeout > 0 and timeout or nil)
		d:setnumber(0, ok and 1 or got[why])
	end
end
