-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({}, {__mode = "v"})
t[1] = {} t[2] = "string" t[3] = 42 t.k = {}
local keep = {} t.keep = keep
collectgarbage() collectgarbage() print(t[1], t[2], t[3], t.k, t.keep == keep)
