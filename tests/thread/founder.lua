-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A thread that starts runtimes and a thread, and stops them when its own stop is requested.

local linux = require("linux")
local lunatik = require("lunatik")
local thread = require("thread")

local function child()
	return lunatik.runtime("tests/thread/nothing")
end

return function(d)
	return function()
		local a, b, c = child(), child(), child()
		local loop = lunatik.runtime("tests/thread/spin")
		local t = thread.run(loop, "founded")
		setmetatable({}, {__gc = function() c:stop() end})
		d:setbyte(0, 1)
		while not thread.shouldstop() do
			linux.schedule(1000)
		end
		a:stop()
		b:stop()
		collectgarbage()
		t:stop()
		loop:stop()
		d:setbyte(0, 2)
	end
end
