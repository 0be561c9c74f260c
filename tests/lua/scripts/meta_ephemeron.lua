-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({}, {__mode = "k"})
local k1 = {} local k2 = {}
t[k1] = k2 t[k2] = "end"
do local a = {} t[a] = {a} end
local x, y collectgarbage() collectgarbage()
local n = 0 for _ in pairs(t) do n = n + 1 end print(n, t[t[k1]])
