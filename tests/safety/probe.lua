-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A hook like those of probes, which may have interrupted anything: it prints, fails, and floods.

local trigger = require("trigger")

trigger.new(function(text)
	if text == "flood" then
		for i = 1, 300 do print("probe flood", i) end
	elseif text == "fail" then
		error("probe failure")
	elseif text == "loop" then
		while true do end
	elseif text == "garbage" then
		local t = {}
		for i = 1, 300 do t[i] = {i} end
		return text
	end
	print("probe says", text)
	return text
end, "probe")
