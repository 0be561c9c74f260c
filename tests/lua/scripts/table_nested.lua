-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 1, 10 do t[i] = {} for j = 1, 10 do t[i][j] = i * j end end
local s = 0
for _, r in ipairs(t) do for _, v in ipairs(r) do s = s + v end end
print(s, t[3][4], #t[10])
