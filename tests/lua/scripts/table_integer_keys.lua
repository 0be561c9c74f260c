-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = -5, 5 do t[i * 1000000007] = i end
local s, n = 0, 0
for k, v in pairs(t) do assert(k == v * 1000000007) s = s + v n = n + 1 end
print(s, n, t[5000000035], t[-5000000035], t[1])
t[math.maxinteger] = "max" t[math.mininteger] = "min"
print(t[math.maxinteger], t[math.mininteger])
