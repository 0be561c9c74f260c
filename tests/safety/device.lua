-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device whose callbacks last as long as they can. The last text that was written selects how.

local device = require("device")
local linux = require("linux")

local how = "plain"

local ways = {
	plain = function() return "plain\n" end,
	spin = function() while true do end end,
	sleep = function() linux.schedule(1000000) end,
	sleeps = function() while true do linux.schedule(10) end end,
	caught = function() while true do pcall(linux.schedule, 1000000) end end,
	memory = function()
		local t = {}
		while true do pcall(function() while true do t = {t} end end) t = {} end
	end,
}

device.new{
	name = "safety",
	open = function() end,
	release = function() end,
	read = function() return ways[how]() end,
	write = function(_, text) how = text:match("%a+") end,
}
