-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({}, {__index = {x = 1}})
print(t.x, t.y)
t = setmetatable({}, {__index = function(_, k) return k .. "!" end}) print(t.foo, t[1])
local a = setmetatable({}, {__index = setmetatable({p = 1}, {__index = setmetatable({q = 2}, {__index = function() return "deep" end})})})
print(a.p, a.q, a.r)
