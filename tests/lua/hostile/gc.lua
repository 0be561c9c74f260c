-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
for i = 1, 100000 do
	setmetatable({}, {__gc = function() while true do end end})
end
