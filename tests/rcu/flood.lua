-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed by tests/rcu/shared in a runtime that cannot sleep: inserts as many keys as it can, up to 120.

require("rcu")

return function(t, d, log)
	local round = 0
	while true do
		round = round + 1
		local inserted = 0
		for i = 1, 120 do
			if not pcall(function() t[round * 1000 + i] = d end) then
				break
			end
			inserted = i
		end
		log:setnumber(0, inserted)
		t, d, log = coroutine.yield()
	end
end
