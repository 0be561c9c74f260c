-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function producer(n) return coroutine.create(function() for i = 1, n do coroutine.yield("item" .. i) end end) end
local function filter(p) return coroutine.create(function() local n = 0 while true do local _, v = coroutine.resume(p) if not v then break end n = n + 1 coroutine.yield(n .. ":" .. v) end end) end
local f = filter(producer(4))
while true do local _, v = coroutine.resume(f) if not v then break end print(v) end
