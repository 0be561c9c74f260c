-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local co = coroutine.wrap(function() while true do coroutine.yield() end end)
while true do co() end
