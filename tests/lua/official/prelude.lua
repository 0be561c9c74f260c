-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Before each of the official tests: they skip what is not portable or slow, and find stand-ins for what the kernel has not.
_port = true _soft = true _nomsg = true
package.path = "@PATH@/?.lua"
package.preload.tracegc = function() return {start = function() end, stop = function() end} end
os = {clock = function() return 0 end, time = function() return 0 end, getenv = function() end}
io = {write = function() end}
function math.floor(x) return x // 1 end
do
	local state = 1
	function math.random(m, n)
		state = state * 6364136223846793005 + 1442695040888963407
		if not n then m, n = 1, m or 1 end
		return m + (state >> 33) % (n - m + 1)
	end
end
function math.fmod(a, b) return a % b end
do
	local collect = collectgarbage
	function collectgarbage(option, ...)
		local result = collect(option, ...)
		return option == "count" and result // 1024 or result
	end
end
