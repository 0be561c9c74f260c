-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local t = {}
for i = 1, 1000 do t[i] = i % 7 end
pcall(table.sort, t, function() return true end)
