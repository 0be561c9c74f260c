-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A hook that does what its text names, in whatever context it may be registered: "KIND NAME" of hostile.lua.

local trigger = require("trigger")
local hostile = require("tests.safety.hostile")

local kept = {}

local actions = {
	alive = function() return "alive" end,
	count = function() return collectgarbage("count") end,
	-- Memory that stays, a step at a time, until none is left.
	keep = function()
		for _ = 1, 50 do kept[#kept + 1] = ("x"):rep(200) .. #kept end
		return #kept
	end,
	forget = function()
		kept = {}
		return "forgotten"
	end,
	-- Some garbage of all kinds.
	litter = function()
		local t = {}
		for i = 1, 50 do t[i] = {i .. "", function() return i end} end
		return #t
	end,
	nest = function() return trigger.fire("alive") end,
	load = function() return loadfile("/lib/modules/lua/tests/safety/hook.lua") end,
	["load in a coroutine"] = function() return coroutine.wrap(loadfile)("/lib/modules/lua/tests/safety/hook.lua") end,
	require = function() return require("tests.cases") end,
	create = function() return trigger.new(print, "hardirq") end,
	full = function() return collectgarbage("collect") end,
	generational = function() return collectgarbage("generational") end,
}

local function act(text)
	if actions[text] then
		return actions[text]()
	end
	local kind, name = text:match("^(%w+) (.*)$")
	local action = hostile[kind][name]
	if type(action) == "table" then
		action = action[2]
	end
	return (action())
end

for _, kind in ipairs{"process", "softirq", "hardirq"} do
	local ok, message = pcall(trigger.new, act, kind)
	print(kind, ok, ok or message)
end
