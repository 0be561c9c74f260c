-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({}, {__pairs = function(t) return function(_, k) k = (k or 0) + 1 if k <= 3 then return k, k * k end end, t, nil end})
for k, v in pairs(t) do print(k, v) end
