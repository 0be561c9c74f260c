-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local c <close> = setmetatable({}, {__close = function() while true do end end})
while true do end
