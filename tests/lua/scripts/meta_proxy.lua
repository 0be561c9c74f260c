-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function proxy(t) return setmetatable({}, {__index = t, __newindex = function(_, k, v) print("set", k, v) t[k] = v end, __len = function() return #t end, __pairs = function() return next, t, nil end}) end
local p = proxy {1, 2} p[3] = 3 print(#p, p[3]) for k, v in pairs(p) do print(k, v) end
