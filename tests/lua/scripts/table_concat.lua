-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(table.concat({}), table.concat({1, 2, 3}), table.concat({"a", 1, "b"}, "-"), table.concat({1, 2, 3, 4}, ",", 2, 3))
print(table.concat({1, 2}, ",", 3), (pcall(table.concat, {1, {}, 3})))
local t = {}
for i = 1, 500 do t[i] = i end
print(#table.concat(t, ", "))
