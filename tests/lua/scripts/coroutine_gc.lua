-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({}, {__mode = "v"})
for i = 1, 50 do t[i] = coroutine.create(function() coroutine.yield(t) end) coroutine.resume(t[i]) end
collectgarbage() collectgarbage()
print(next(t))
