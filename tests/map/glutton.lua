-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed by tests/map/shared: makes maps until there is no memory.

local map = require("map")

return function(count)
	local kept = {}
	while true do
		kept[#kept + 1] = map.hash(1000)
		count:add(0)
	end
end
