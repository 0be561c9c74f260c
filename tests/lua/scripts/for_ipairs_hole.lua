-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for i, v in ipairs {1, 2, nil, 4} do print(i, v) end
for i, v in ipairs(setmetatable({}, {__index = function(_, i) if i < 4 then return i * i end end})) do print(i, v) end
