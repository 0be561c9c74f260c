-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Callbacks of interfaces that fail in many ways, by the interface's name.

local notifier = require("notifier")

local function never() while true do end end

local cases = {
	lterror = function() error("no such luck") end,
	ltobject = function() error({}) end,
	ltloop = never,
	ltcatch = function() while true do pcall(never) end end,
	ltmemory = function() local t = {} while true do t[#t + 1] = {t} end end,
	ltdeep = function() local function f() return 1 + f() end return f() end,
	ltnumber = function() return 7 end,
	ltminus = function() return -22 end,
	lthuge = function() return math.maxinteger end,
	ltstring = function() return "32770" end,
	lttrue = function() return true end,
	ltyield = function() coroutine.yield(notifier.notify.BAD) end,
}

notifier.netdevice(function(event, name)
	local case = event == notifier.netdev.REGISTER and cases[name]
	if case then
		return case()
	end
end)
