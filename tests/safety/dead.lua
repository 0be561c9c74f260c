-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Spawned with little memory: takes all of it, and then makes Lua say what it says outside of any protected call.

local FILLERS <const> = 4096

-- The table keeps the strings that the loops below need, so that a collection finds nothing to free. A part of the text is
-- one allocation; those of 28 bytes are as long as the message.
local sizes <const> = {4096, 1024, 256, 64, 28, 14, 7}
local numbers = {}
for i = 1, 3000 do
	numbers[i] = ("%04d"):format(i)
end
local text <const> = table.concat(numbers)
numbers = nil

return function()
	local dead = coroutine.create(function() end)
	coroutine.resume(dead)
	local kept, n = {}, 0
	for i = 1, FILLERS do
		kept[i] = false
	end
	-- Strings that are all different, until none of that size fits in.
	for i = 1, #sizes do
		local failures = 0
		while failures < 3 and n < FILLERS do
			local ok, filler = pcall(text.sub, text, n + 1, n + sizes[i])
			if ok then
				n = n + 1
				kept[n] = filler
			else
				failures = failures + 1
			end
		end
	end
	local called, ok, message = pcall(coroutine.resume, dead)
	kept = nil
	collectgarbage()
	print("dead:", n < FILLERS, called, ok, message)
end
