-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function s(t) return table.concat(t, ",") end
print(s(table.move({1, 2, 3}, 1, 3, 2))) print(s(table.move({1, 2, 3}, 2, 3, 1)))
print(s(table.move({1, 2, 3}, 1, 3, 1, {}))) print(s(table.move({1, 2, 3}, 1, 0, 5)))
print(pcall(table.move, {}, 1, math.maxinteger, 2)) print(pcall(table.move, {}, math.mininteger, 1, 2))
