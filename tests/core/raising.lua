-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Raises errors of all kinds, from Lua and through C functions, and counts those it caught.

local device = require("device")

local caught = 0

local ways = {
	function() error("text") end,
	function() error({}) end,
	function() local t t.x = 1 end,
	function() string.rep() end,
	function() table.sort({1, 2, 3}, function() error("comparator") end) end,
	function() coroutine.wrap(function() error("coroutine") end)() end,
	function() string.gsub("x", "x", function() error("callback") end) end,
	function() device.new{name = 5} end,
	function() load("x = = 1")() end,
	function()
		local _ <close> = setmetatable({}, {__close = function() error("close") end})
		error("body")
	end,
}

for _ = 1, 100 do
	for _, way in ipairs(ways) do
		caught = caught + (pcall(way) and 0 or 1)
	end
end
print(caught)
