-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 1, 100 do t[i] = i end
print(#t) t[100] = nil print(#t) t[#t + 1] = "x" print(#t, t[100])
for i = #t, 1, -1 do t[i] = nil end
print(#t)
