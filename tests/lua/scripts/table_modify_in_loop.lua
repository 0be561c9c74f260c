-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 1, 50 do t["k" .. i] = i end
local s = 0
for k, v in pairs(t) do t[k] = v * 2 s = s + v end
print(s)
s = 0
for _, v in pairs(t) do s = s + v end
print(s)
