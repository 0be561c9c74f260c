-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- 5.4.7 calls the message handler of a protected call that is gone while it closes a coroutine.
local function deep(n)
	if n == 0 then
		xpcall(coroutine.yield, error)
		return 1
	end
	local a, b, c, d = deep(n - 1)
	return a
end
local c = coroutine.create(function()
	local x <close> = setmetatable({}, {__close = function()
		for i = 1, 9 do
			collectgarbage()
		end
		error("e")
	end})
	deep(100)
end)
coroutine.resume(c)
local ok, message = coroutine.close(c)
assert(not ok and message:match(":16: e$"), message)
