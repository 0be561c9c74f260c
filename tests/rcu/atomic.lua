-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed by tests/rcu/shared in a runtime that cannot sleep: reads, writes and walks a table.

local rcu = require("rcu")
require("tests.atomic")

local function use(t, d)
	assert(t.before == d and t.nosuch == nil)
	assert(rcu.insert(t, "inserted", d) and not rcu.insert(t, "inserted", d))
	t.before = d -- replaced: needs no memory
	local keys = {}
	rcu.map(t, function(key, object)
		assert(object == d)
		keys[#keys + 1] = key
	end)
	table.sort(keys)
	assert(table.concat(keys, " ") == "before inserted")
	t.before = nil
	assert(t.before == nil)
	assert(not pcall(rcu.table, 4))
end

return function(t, d, log)
	local ok, message = pcall(use, t, d)
	log:setstring(0, ok and "done" or tostring(message):sub(1, #log))
end
