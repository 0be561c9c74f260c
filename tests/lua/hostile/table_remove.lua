-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local t = setmetatable({}, {__len = function() return 1 << 62 end})
table.remove(t, 1)
