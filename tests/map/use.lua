-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed by tests/map/shared in a runtime that cannot sleep: everything that maps do there.

local map = require("map")
require("tests.atomic")

local function use(numbers, words, old, array, histogram)
	assert(numbers[1] == 5 and numbers[2] == nil)
	numbers[1] = nil
	numbers[2] = 7
	assert(numbers:add(3, 9) == 9 and numbers:add(3) == 10)
	words.key = "value"
	assert(words.key == "value")
	words.key = "another"
	for i = 1, 100 do
		old:add(i)
	end
	array:add(1, 2)
	histogram:add(100)
	local keys = {}
	for k, v in numbers:pairs() do
		keys[#keys + 1] = k .. "=" .. v
	end
	table.sort(keys)
	assert(table.concat(keys, " ") == "2=7 3=10")
	assert(#numbers == 2)
	words:clear()
	assert(#words == 0)
	local ok, message = pcall(map.hash, 4)
	assert(not ok and message:find("may not sleep"), message)
	ok, message = pcall(map.open, "/sys/fs/bpf/nosuch")
	assert(not ok and message:find("sleep"), message)
end

return function(log, ...)
	local ok, message = pcall(use, ...)
	log:setstring(0, ok and "done" or tostring(message):sub(1, #log))
end
