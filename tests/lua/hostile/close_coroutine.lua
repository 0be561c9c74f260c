-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local co = coroutine.create(function()
	local c <close> = setmetatable({}, {__close = function() while true do end end})
	coroutine.yield()
end)
coroutine.resume(co)
while true do coroutine.close(co) end
