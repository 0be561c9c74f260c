-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
local t = setmetatable({}, {})
getmetatable(t).__tostring = function() return tostring(t) end
tostring(t)
