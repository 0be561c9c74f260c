-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(debug.traceback("msg", 1):match("^msg\nstack traceback:\n") ~= nil, debug.traceback({}) ~= nil, type(debug.traceback()))
local co = coroutine.create(function() local function inner() coroutine.yield() end inner() end) coroutine.resume(co) print(select(2, debug.traceback(co):gsub("\n", "")))
