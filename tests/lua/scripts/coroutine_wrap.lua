-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end return "last" end)
print(gen()) print(gen()) print(gen()) print(gen()) print(pcall(gen))
for v in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do print(v) end
