-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {5, 2, 8, 1, 9, 3}
table.sort(t) print(table.concat(t, " "))
table.sort(t, function(a, b) return a > b end) print(table.concat(t, " "))
local w = {"pear", "apple", "fig"} table.sort(w) print(table.concat(w, " "))
table.sort(w, function(a, b) return #a < #b end) print(#w[1], #w[3])
