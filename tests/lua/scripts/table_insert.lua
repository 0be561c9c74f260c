-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
table.insert(t, "a") table.insert(t, 1, "b") table.insert(t, 2, "c") table.insert(t, #t + 1, "d")
print(table.concat(t, ","))
print(pcall(table.insert, t, 10, "x")) print(pcall(table.insert, t)) print(pcall(table.insert, t, 1, 2, 3))
