-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local co
co = coroutine.create(function() print(coroutine.status(co), coroutine.running() == co, coroutine.isyieldable()) coroutine.yield() end)
print(coroutine.status(co)) coroutine.resume(co) print(coroutine.status(co)) coroutine.resume(co) print(coroutine.status(co))
local outer = coroutine.create(function() local inner = coroutine.wrap(function() print(coroutine.status(co)) end) inner() end)
coroutine.resume(outer)
print(select(2, coroutine.running()) == true or select(2, coroutine.running()) == false)
