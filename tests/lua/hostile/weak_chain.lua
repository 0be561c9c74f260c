-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local mt = {__mode = "k"}
local first = {}
local key = first
for i = 1, 1600 do
	local t, k = setmetatable({}, mt), {}
	t[key] = {k, t}
	key = k
	first[i] = t
end
while true do collectgarbage("step") end
