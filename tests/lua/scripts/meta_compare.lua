-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local mt = {__eq = function() return true end, __lt = function(a, b) return a.v < b.v end, __le = function(a, b) return a.v <= b.v end}
local function new(v) return setmetatable({v = v}, mt) end
local a, b = new(1), new(2)
print(a == b, a ~= b, a < b, a <= b, a > b, a >= b, a == 1, rawequal(a, b))
print(pcall(function() return a < 1 end) == true, a == setmetatable({}, {}))
