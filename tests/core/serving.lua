-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Fills its memory with blocks of one size, drops them, and reports how many bytes it gets in blocks of another one.

return function(result)
	local all = {}
	pcall(function()
		while true do all[#all + 1] = {} end
	end)
	all = nil
	collectgarbage()
	local kept = {}
	local ok = pcall(function()
		for i = 1, 100000 do kept[i] = ("x"):rep(1200) .. i end
	end)
	local count = ok and 0 or #kept
	kept = nil
	result:setint64(0, count * 1200)
end
