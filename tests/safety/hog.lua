-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Takes all memory that it gets, in ever smaller pieces, and keeps it.

local linux = require("linux")
local thread = require("thread")

local SIZES <const> = {100000, 10000, 1000, 100}

local kept = {}

return function()
	for _, size in ipairs(SIZES) do
		pcall(function()
			while true do
				kept = {kept, ("x"):rep(size) .. size}
			end
		end)
	end
	print("the hog is full")
	while not thread.shouldstop() do
		linux.schedule(100)
	end
end
