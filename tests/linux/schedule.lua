-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- linux.schedule() in a process runtime, and where nothing may sleep.

local data = require("data")
local linux = require("linux")
local lunatik = require("lunatik")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function took(...)
	local before = linux.clock()
	local left = linux.schedule(...)
	return linux.difftime(linux.clock(), before) / 1000000, left
end

for _, state in ipairs{"INTERRUPTIBLE", "UNINTERRUPTIBLE", "KILLABLE", "IDLE"} do
	test("sleeps in state " .. state, function()
		local ms, left = took(60, linux.task[state])
		equal(ms >= 60 and ms < 5000, true, ms)
		equal(left, 0)
	end)
end

test("D-LIN-4: timeouts are clamped", function()
	for _, timeout in ipairs{0, -1, math.mininteger} do
		local ms, left = took(timeout)
		equal(ms < 2000, true, ms)
		equal(left, 0)
	end
end)

test("the state is optional", function()
	equal(linux.schedule(1), 0)
	equal(linux.schedule(1, nil), 0)
end)

test("A8: other states are refused", function()
	for _, state in ipairs{linux.task.RUNNING, 99, -1, 1 << 32} do
		raises("invalid task state", linux.schedule, 1, state)
	end
	raises("number expected", linux.schedule, "soon")
end)

for _, context in ipairs{"softirq", "hardirq"} do
	test("D-LIN-2: raises where nothing may sleep: " .. context, function()
		local rt <close> = lunatik.runtime("tests/linux/atomic", context)
		local log = data.new(200)
		rt:resume(log)
		local text = log:getstring(0)
		equal(text:find("sleep", 1, true) ~= nil, true, text)
		equal(text:sub(1, 9), "false ok ", text)
	end)
end

cases.finish()
