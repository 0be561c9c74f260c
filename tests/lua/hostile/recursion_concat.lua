-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
local t = setmetatable({}, {})
getmetatable(t).__concat = function(a) return a .. "x" end
return t .. "x"
