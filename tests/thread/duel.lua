-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that starts a thread of its own and stops it, for as long as it may.

local data = require("data")
local linux = require("linux")
local lunatik = require("lunatik")
local thread = require("thread")

local function duel()
	while not thread.shouldstop() do
		local rt = lunatik.runtime("tests/thread/stubborn")
		rt:resume(data.new(16))
		local t = thread.run(rt, "stubborn")
		linux.schedule(50)
		pcall(t.stop, t)
		pcall(rt.stop, rt)
	end
end

return duel
