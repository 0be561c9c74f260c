-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Fills an object with one byte after the other, until the thread is stopped.

local thread = require("thread")

local function fill(d)
	return function()
		local i = 0
		while not thread.shouldstop() do
			i = i + 1
			d:setstring(0, string.char(i % 256):rep(4096))
		end
	end
end

return function(d)
	return fill(d)
end
