-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local co = coroutine.create(function()
	local ok, e = pcall(function() coroutine.yield(1) error("in", 0) end)
	print(ok, e)
	print(pcall(function() return coroutine.yield(2) end))
	print(xpcall(function() coroutine.yield(3) error("x", 0) end, function(m) return "handled " .. m end))
	return "fin"
end)
for i = 1, 4 do print(coroutine.resume(co, i)) end
