-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- 5.4.7 frees the metatable that an all-weak table got after the collector had visited it.
local b, c = {}, {}
for i = 1, 20000 do
	b[i] = {i}
end
for i = 1, 100 do
	c[i] = setmetatable({}, {__mode = "kv"})
end
collectgarbage("incremental", 100, 100, 8)
for r = 1, 1500 do
	collectgarbage("step", 0)
	for i = 1, 100 do
		setmetatable(c[i], {__mode = "kv", id = r})
	end
end
for i = 1, 100 do
	assert(getmetatable(c[i]).id == 1500)
end
