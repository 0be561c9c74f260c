-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local co = coroutine.create(function() while true do end end)
print(coroutine.resume(co))
while true do end
