-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that answers each completion by another.

local env = require("lunatik")._ENV
local thread = require("thread")

return function()
	local c, back = env["tests.sync.c"], env["tests.sync.back"]
	while not thread.shouldstop() do
		if c:wait() then
			back:complete()
		end
	end
end
