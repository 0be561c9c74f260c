-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({1, 2, 3}, {__len = function() return 10 end, __tostring = function() return "obj" end, __name = "Name"})
print(#t, tostring(t), rawlen(t), ("%s"):format(t)) print(t)
