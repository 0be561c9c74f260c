-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local co = coroutine.create(function() coroutine.yield() end)
coroutine.resume(co) print(coroutine.close(co), coroutine.status(co), coroutine.close(co))
print(coroutine.close(coroutine.create(print))) print(pcall(coroutine.close, coroutine.running()) == true)
co = coroutine.create(function() error("e", 0) end) coroutine.resume(co) print(coroutine.close(co))
--> true	dead	true
--> true
--> false
--> false	e
