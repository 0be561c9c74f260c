-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The completion library, seen by a script's body.

local completion = require("completion")
local data = require("data")
local linux = require("linux")
local lunatik = require("lunatik")
local rcu = require("rcu")
local thread = require("thread")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function milliseconds(f, ...)
	local before = linux.time()
	f(...)
	return linux.difftime(linux.time(), before) / 1000000
end

local function waits(c, timeout, expected)
	local ok, why = c:wait(timeout)
	if expected then
		equal(ok, nil)
		equal(why, expected)
	else
		equal(ok, true)
		equal(why, nil)
	end
end

local function eventually(condition)
	for _ = 1, 500 do
		if condition() then
			return true
		end
		linux.schedule(10)
	end
	return false
end

-- A thread that waits, and notes its result in d: 1 true, 2 timeout, 3 interrupt.
local function waiter(c, d)
	local rt = lunatik.runtime("tests/sync/waiter")
	rt:resume(c, d)
	local t = thread.run(rt, "waiter")
	equal(eventually(function() return d:getnumber(8) == -1 end), true)
	return rt, t
end

test("each complete lets one wait go on", function()
	local c = completion.new()
	equal(select("#", c:complete()), 0)
	c:complete()
	waits(c)
	waits(c, 0)
	waits(c, 0, "timeout")
end)

test("a timeout passes", function()
	local c = completion.new()
	equal(milliseconds(waits, c, 50, "timeout") >= 50, true)
	equal(milliseconds(waits, c, 1, "timeout") >= 1, true)
end)

test("D-CMP-2: timeouts are not narrowed", function()
	local d = data.new(16)
	for _, timeout in ipairs {1 << 32, 1 << 53, math.maxinteger} do
		local c = completion.new()
		local rt <close> = lunatik.runtime("tests/sync/waiter")
		d:setnumber(0, 0)
		d:setnumber(8, timeout)
		rt:resume(c, d)
		local t = thread.run(rt, "waiter")
		linux.schedule(50)
		equal(d:getnumber(0), 0, "it waits")
		c:complete()
		equal(eventually(function() return d:getnumber(0) == 1 end), true)
		pcall(t.stop, t)
	end
end)

test("wrong timeouts", function()
	local c = completion.new()
	raises("timeout is negative", c.wait, c, -1)
	raises("timeout is negative", c.wait, c, math.mininteger)
	raises("number expected", c.wait, c, {})
end)

test("D-CMP-1: wrong objects", function()
	local c = completion.new()
	raises("completion expected, got data", c.wait, data.new(1))
	raises("completion expected, got data", c.complete, data.new(1))
	raises("object expected", c.wait, 1)
	raises("object expected", c.complete)
end)

test("complete from another runtime, through resume", function()
	local c, d = completion.new(), data.new(16)
	local rt <close>, t = waiter(c, d)
	linux.schedule(20)
	c:complete()
	equal(eventually(function() return d:getnumber(0) == 1 end), true)
	t:stop()
end)

test("two runtimes, through a shared table", function()
	local c, back = completion.new(), completion.new()
	lunatik._ENV["tests.sync.c"], lunatik._ENV["tests.sync.back"] = c, back
	local rt <close> = lunatik.runtime("tests/sync/pong")
	local t = thread.run(rt, "pong")
	for _ = 1, 200 do
		lunatik._ENV["tests.sync.c"]:complete()
		waits(back, 10000)
	end
	waits(back, 0, "timeout")
	t:stop()
	lunatik._ENV["tests.sync.c"], lunatik._ENV["tests.sync.back"] = nil, nil
end)

test("of three waiters, each complete wakes one", function()
	local c, d, rts = completion.new(), {}, {}
	for i = 1, 3 do
		d[i] = data.new(16)
		rts[i] = waiter(c, d[i])
	end
	linux.schedule(50)
	local function through()
		return d[1]:getnumber(0) + d[2]:getnumber(0) + d[3]:getnumber(0)
	end
	for i = 1, 3 do
		equal(through(), i - 1)
		c:complete()
		equal(eventually(function() return through() == i end), true)
	end
	for i = 1, 3 do rts[i]:stop() end
end)

test("A19: thread.stop interrupts a waiter", function()
	local c, d = completion.new(), data.new(16)
	local rt <close>, t = waiter(c, d)
	linux.schedule(20)
	equal(milliseconds(t.stop, t) < 10000, true)
	equal(d:getnumber(0), 3)
end)

test("stopping its runtime interrupts a waiter", function()
	local c, d = completion.new(), data.new(16)
	local rt = waiter(c, d)
	linux.schedule(20)
	equal(milliseconds(rt.stop, rt) < 10000, true)
	equal(d:getnumber(0), 3)
end)

test("a completion outlives the runtime that made it", function()
	local rt = lunatik.runtime("tests/sync/maker")
	local c = rt:resume()
	rt:stop()
	c:complete()
	waits(c, 0)
end)

test("a runtime that may not sleep completes, and does not wait", function()
	for _, context in ipairs {"softirq", "hardirq"} do
		local c = completion.new()
		local rt <close> = lunatik.runtime("tests/sync/atomic", context)
		rt:resume(c)
		waits(c, 0)
		waits(c, 0, "timeout")
	end
end)

test("completions are shared by value", function()
	local t = rcu.table()
	t.c = completion.new()
	t.c:complete()
	waits(t.c, 0)
	equal(t.c, t.c)
	t.c = nil
end)

cases.finish()
