-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- A recursion without end is a stack overflow that names its line, whatever the limit of memory is, and however often.
local function f()
	return 1 + f()
end
for _ = 1, 3 do
	local ok, message = pcall(f)
	assert(not ok and message:match("%d: stack overflow$"), message)
end
local ok, message = xpcall(f, function(m)
	return "handled: " .. m
end)
assert(not ok and message:match("^handled: .*%d: stack overflow$"), message)
