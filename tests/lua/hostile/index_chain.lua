-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local t = {}
for i = 1, 1900 do t = setmetatable({}, {__index = t}) end
while true do local _ = t.x, t.x, t.x, t.x end
