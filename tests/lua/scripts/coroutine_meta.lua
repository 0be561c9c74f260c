-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local mt = {__add = function(a, b) return coroutine.yield("add") end, __index = function(_, k) return coroutine.yield(k) end,
	__lt = function() return coroutine.yield("lt") end, __concat = function() return coroutine.yield("cat") end, __eq = function() return coroutine.yield("eq") end, __len = function() return coroutine.yield("len") end, __call = function(_, x) return coroutine.yield(x) end}
local a, b = setmetatable({}, mt), setmetatable({}, mt)
local co = coroutine.wrap(function() return a + b, a.key, a < b, a .. b, a == b, #a, a("called") end)
local r = co()
while r do print(r) if r == "called" then print(co("r")) break end r = co(r) end
