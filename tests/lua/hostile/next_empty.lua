-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local t = {}
for i = 1, 8000 do t["k" .. i] = i end
for k in pairs(t) do t[k] = nil end
while true do next(t) end
