-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Stops the notifiers that it is handed.

require("notifier")

local function stopper(n)
	while true do
		n:stop()
		n = coroutine.yield()
	end
end

return stopper
