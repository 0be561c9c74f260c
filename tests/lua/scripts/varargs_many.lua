-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 1, 250 do t[i] = i end
print(select("#", table.unpack(t)), select(250, table.unpack(t)))
local function sum(...) local s = 0 for i = 1, select("#", ...) do s = s + (select(i, ...)) end return s end
print(sum(table.unpack(t)))
