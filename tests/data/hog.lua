-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Takes objects until a limit ends it.

local data = require("data")

return function()
	local all = {}
	while true do
		all[#all + 1] = data.new(1 << 20)
	end
end
