-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Returns a function that runs a loop of this name, and returns the nanoseconds that it takes by a clock. Kernel and user space
-- run the same file.

local loops = {}

function loops.fib()
	local function fib(n)
		if n < 2 then
			return n
		end
		return fib(n - 1) + fib(n - 2)
	end
	fib(24)
end

function loops.add()
	local sum = 0
	for i = 1, 200000 do
		sum = sum + i
	end
end

-- Of each table, two blocks; all of them are garbage at once.
function loops.tables()
	for i = 1, 20000 do
		local _ = {x = i, y = i}
	end
end

function loops.concat()
	local text = ""
	for i = 1, 3000 do
		text = text .. i
	end
end

function loops.gmatch()
	local letters = 0
	for word in ("hello "):rep(4000):gmatch("%a+") do
		letters = letters + #word
	end
end

function loops.array()
	local array = {}
	for i = 1, 100000 do
		array[i] = i
	end
end


return function(name, clock)
	local start = clock()
	loops[name]()
	return clock() - start
end
