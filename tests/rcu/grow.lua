-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Fills a table until a limit ends it.

local data = require("data")
local rcu = require("rcu")

return function()
	local t, d, i = rcu.table(1 << 16), data.new(1), 0
	while true do
		i = i + 1
		t[("key"):rep(60) .. i] = d
	end
end
