-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Pins maps under new names until it is refused, and keeps none of them itself.

local lunatik = require("lunatik")
local map = require("map")

local function pin(i)
	map.hash(1 << 15, {shared = true}):pin("/sys/fs/bpf/lunatik_map_many" .. i)
end

local n, ok, message = 0
repeat
	ok, message = pcall(pin, n)
	n = n + 1
	collectgarbage()
	lunatik.flush()
until not ok or n == 200
message = tostring(message):gsub("^%S+:%d+: ", ""):gsub("many%d+", "many")
print(n > 10, n < 200, message)
