-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local co = coroutine.create(function() error("oops", 0) end)
print(coroutine.resume(co)) print(coroutine.status(co), coroutine.resume(co))
co = coroutine.create(function() error({code = 5}) end)
local ok, e = coroutine.resume(co) print(ok, e.code)
print(pcall(coroutine.wrap(function() error("w", 0) end))) print(pcall(coroutine.resume, 5) == true, pcall(coroutine.create, 5) == true)
