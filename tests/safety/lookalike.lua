-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A buffer with the bytes of a handle is not a handle, neither to functions nor when it is freed.

local fifo = require("fifo")
local trigger = require("trigger")

local q = fifo.new(64)
for _ = 1, 100 do
	local copy, taken = trigger.lookalike(q)
	assert(not taken)
	assert(not pcall(copy.push, copy, "x"))
end
collectgarbage()
q:push("x")
assert(q:pop(9) == "x")
