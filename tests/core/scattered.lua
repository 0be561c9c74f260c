-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Takes all memory that it gets in blocks of one size, keeps a few of them, and goes on with the next size.

local kept = {}

for _, size in ipairs{10, 20, 40, 70, 100, 150, 250, 400, 600, 900, 1300, 1900, 3000, 9000, 20000, 40000, 100000} do
	local all = {}
	pcall(function()
		for i = 1, 100000 do all[i] = ("x"):rep(size) .. i end
	end)
	pcall(function()
		for i = 1, #all, 40 do kept[#kept + 1] = all[i] end
	end)
	all = nil
	collectgarbage()
end
