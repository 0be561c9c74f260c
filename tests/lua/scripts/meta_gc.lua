-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local n = 0
for i = 1, 10 do setmetatable({}, {__gc = function() n = n + 1 end}) end
collectgarbage() collectgarbage()
print(n >= 9)
local order = {}
do local a = setmetatable({}, {__gc = function() order[#order + 1] = "a" end}) local b = setmetatable({}, {__gc = function() order[#order + 1] = "b" end}) end
local x, y collectgarbage() collectgarbage() print(table.concat(order, " "))
