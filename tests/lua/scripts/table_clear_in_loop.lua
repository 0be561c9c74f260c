-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 1, 100 do t[i] = i; t["k" .. i] = i end
local n = 0
for k in pairs(t) do t[k] = nil n = n + 1 end
print(n, next(t))
