-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Writes numbered records into the ring that it gets.

local linux = require("linux")
local thread = require("thread")

return function (ring, orders)
	local id, count = orders:read()
	coroutine.yield()
	for n = 1, count do
		if not ring:emit(id, n, ("t"):rep(n % 500)) and n % 2 == 0 then
			linux.schedule(1)
		end
	end
	while not thread.shouldstop() do
		linux.schedule(10)
	end
end
