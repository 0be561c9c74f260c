-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Callbacks that spend little themselves: a runtime that they resume does, or the collector.

local lunatik = require("lunatik")
local trigger = require("trigger")

local child = lunatik.runtime("tests/safety/spinner", {budget = 1000000})
local heap = {}

for i = 1, 300000 do
	heap[i] = {}
end

local actions = {
	alive = function() return "alive " .. #heap end,
	resume = function() return child:resume() end,
	-- More than there is for callbacks: the collector looks for it in the whole heap, in vain.
	collect = function()
		local kept = {}
		pcall(function()
			for i = 1, 1000 do kept[i] = ("x"):rep(100000) .. i end
		end)
	end,
}

trigger.new(function(text) return actions[text]() end, "process")
