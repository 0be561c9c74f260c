-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({}, {__mode = "k"})
local key = {}
t[key] = "kept" t[{}] = "lost" t[1] = {}
collectgarbage() collectgarbage()
local n = 0 for _ in pairs(t) do n = n + 1 end print(n, t[key], type(t[1]))
