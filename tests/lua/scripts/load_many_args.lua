-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local a = {}
for i = 1, 250 do a[i] = i end
print(load("return select('#', " .. table.concat(a, ",") .. ")")()) print((load("return function(" .. ("a,"):rep(199) .. "b) return b end")()) ~= nil)
