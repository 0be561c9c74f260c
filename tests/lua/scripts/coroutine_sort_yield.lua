-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print((select(2, coroutine.resume(coroutine.create(function() table.sort({3, 2, 1}, function(x, y) coroutine.yield() return x < y end) end)))))
print((select(2, coroutine.resume(coroutine.create(function() return (("x"):gsub("x", coroutine.yield)) end)))))
print(pcall(coroutine.yield) == true)
