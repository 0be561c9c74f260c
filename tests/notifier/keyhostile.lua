-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Keys whose callbacks fail: A raises, B loops, C fills the memory, D wants to sleep.

local linux = require("linux")
local notifier = require("notifier")

local cases = {
	[30] = function() error("key error") end,
	[48] = function() while true do end end,
	[46] = function() local t = {} while true do t[#t + 1] = {t} end end,
	[32] = function() linux.schedule(1) end,
}

notifier.keyboard(function(event, down, _, key)
	local case = event == notifier.kbd.KEYCODE and down and cases[key]
	return case and case()
end)
