-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
local mt = {}
mt.__eq = function(a, b) return setmetatable({}, mt) == setmetatable({}, mt) end
return setmetatable({}, mt) == setmetatable({}, mt)
