-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A thread's body: adds to maps, as often as orders[0] says, or until it is stopped; orders[1] counts those that are done.

local linux = require("linux")
local thread = require("thread")
require("map")

local words = {}
for i = 0, 7 do
	words[i] = string.char(97 + i):rep(200)
end

return function(orders, hash, lru, percpu, array, histogram, text)
	return function()
		local n, rounds = 0, orders[0]
		while n ~= rounds and not thread.shouldstop() do
			n = n + 1
			hash:add(n % 100)
			lru:add(n)
			percpu:add(n % 100)
			array:add(n % 10)
			histogram:add(n % 100)
			text[n % 5] = words[n % 8]
			if n % 3 == 0 then
				text[n % 5 + 5] = nil
			end
		end
		orders:add(1)
		while not thread.shouldstop() do
			linux.schedule(20)
		end
	end
end
