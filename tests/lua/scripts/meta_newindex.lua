-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local log = {}
local t = setmetatable({}, {__newindex = function(t, k, v) log[#log + 1] = k rawset(t, k, v) end})
t.a = 1 t.a = 2 t.b = 3 print(table.concat(log, " "), t.a)
local store = {}
t = setmetatable({}, {__newindex = store}) t.x = 5 print(rawget(t, "x"), store.x)
