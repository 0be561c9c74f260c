-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A thread's body: inserts, replaces, deletes and reads, as fast as it can.

local data = require("data")
local linux = require("linux")
local thread = require("thread")

local function churn(t)
	return function()
		while not thread.shouldstop() do
			local i = linux.random(1, 20)
			local d = data.new(8)
			d:setnumber(0, i)
			t["k" .. i] = linux.random(1, 3) > 1 and d or nil
			local other = t["k" .. linux.random(1, 20)]
			assert(not other or other:getnumber(0) > 0)
		end
	end
end

return function(t)
	return churn(t)
end
