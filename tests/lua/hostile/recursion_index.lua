-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
local t = setmetatable({}, {})
getmetatable(t).__index = function(_, k) return t[k .. "x"] end
return t.x
