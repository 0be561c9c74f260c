-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 1, 5 do local j = i * 10 t[i] = function() j = j + 1 return i, j end end
for i = 1, 5 do print(t[i]()) print(t[i]()) end
local u = {}
local k = 1
while k <= 3 do local m = k u[k] = function() return m end k = k + 1 end
print(u[1](), u[2](), u[3]())
