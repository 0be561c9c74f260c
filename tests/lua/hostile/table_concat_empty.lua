-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local t = setmetatable({}, {__index = setmetatable({}, {__index = function() return "" end})})
table.concat(t, "", 1, math.maxinteger)
