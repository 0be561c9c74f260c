-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed by tests/rcu/shared in a runtime that cannot sleep: reads while others write.

require("rcu")

return function(t)
	while true do
		for i = 1, 20 do
			local d = t["k" .. i]
			assert(not d or d:getnumber(0) == i)
		end
		t = coroutine.yield()
	end
end
