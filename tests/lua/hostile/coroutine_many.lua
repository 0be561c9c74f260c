-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
while true do coroutine.resume(coroutine.create(function() while true do end end)) end
