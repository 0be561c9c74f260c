-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local t = function() end
for i = 1, 100 do t = setmetatable({}, {__call = t}) end
while true do pcall(t, table.unpack({}, 1, 200)) end
