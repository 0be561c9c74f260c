-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- memory: 4194304
-- 5.4.7 frees the table that __newindex is about to assign to, when the assignment collects.
local keep = {}
local ok, message = pcall(function()
	while true do
		keep[#keep + 1] = string.rep("x", 1000) .. #keep
	end
end)
assert(not ok and message == "not enough memory")
for n = 1, 3000 do
	keep[#keep] = nil
	local t = setmetatable({}, setmetatable({__newindex = {}}, {__mode = "v"}))
	pcall(function()
		for i = 1, 100 do
			t[i] = i
		end
	end)
end
