-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 1, 20 do t[1 << i] = i end
local n = 0
for k, v in pairs(t) do assert(k == 1 << v) n = n + 1 end
print(n)
for i = 1, 20 do t[1 << i] = nil end
print(next(t))
