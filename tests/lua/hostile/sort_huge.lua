-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
table.sort(setmetatable({}, {__len = function() return 1 << 30 end, __index = function() return 1 end, __newindex = function() end}))
