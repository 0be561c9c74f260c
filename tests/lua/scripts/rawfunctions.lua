-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({}, {__index = function() return "idx" end, __newindex = function() end, __len = function() return 42 end})
t.x = 1
print(t.x, rawget(t, "x"), #t, rawlen(t), rawset(t, "x", 2) == t, t.x, rawlen("abc"))
print(pcall(rawlen, 5) == false, pcall(rawset, t, nil, 1) == false)
