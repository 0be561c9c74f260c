-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The functions of the thread library, in a script's body.

local data = require("data")
local linux = require("linux")
local lunatik = require("lunatik")
local thread = require("thread")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function body(name, ...)
	local rt = lunatik.runtime("tests/thread/" .. name)
	if select("#", ...) > 0 then
		rt:resume(...)
	end
	return rt
end

local function milliseconds(f, ...)
	local before = linux.time()
	f(...)
	return linux.difftime(linux.time(), before) / 1000000
end

local function wait(condition)
	for _ = 1, 500 do
		if condition() then
			return true
		end
		linux.schedule(10)
	end
	return false
end

test("a body runs, and sees that it should stop", function()
	local d = data.new(16)
	local rt <close> = body("polite", d)
	local t = thread.run(rt, "polite")
	equal(wait(function() return d:getnumber(0) > 2 end), true)
	equal(d:getbyte(8), 0)
	equal(select("#", t:stop()), 0)
	equal(d:getbyte(8), 1, "it left by itself")
end)

test("A38: task()", function()
	local rt <close> = body("polite", data.new(16))
	local t = thread.run(rt, "name of a thread")
	local task = t:task()
	equal(task.command, "name of a threa")
	equal(task.pid > 1, true)
	equal(task.tgid, task.pid)
	equal(task.cpu >= 0 and task.cpu < 4096, true)
	t:stop()
	equal(t:task(), nil, "D-THR-4: after the end")
end)

test("the name has no control characters", function()
	local rt <close> = body("polite", data.new(16))
	local t = thread.run(rt, "a\nb\27[2J\xff")
	equal(t:task().command, "a b?[2J?")
	t:stop()
end)

test("D-THR-5: the name is no format", function()
	local rt <close> = body("polite", data.new(16))
	local t = thread.run(rt, "%s%n%d%p")
	equal(t:task().command, "%s%n%d%p")
	t:stop()
end)

test("a body that ends at once", function()
	for _ = 1, 3 do -- each warns twice, and the log takes ten in a row
		local d = data.new(16)
		local rt <close> = body("quick", d)
		local t = thread.run(rt, "quick")
		equal(wait(function() return t:task() == nil end), true)
		equal(d:getnumber(0), 1)
		t:stop() -- only warns
		t:stop()
		raises("no function", thread.run, rt, "again")
	end
end)

test("D-THR-2: stopped as soon as started", function()
	for _ = 1, 50 do
		local rt <close> = body("polite", data.new(16))
		thread.run(rt, "brief"):stop()
	end
end)

test("D-THR-1: shouldstop() outside of a thread", function()
	equal(thread.shouldstop(), false)
end)

test("D-THR-3: current()", function()
	local t = thread.current()
	equal(t:task().pid > 0, true)
	t:stop() -- only warns
	local d = data.new(16)
	local rt <close> = body("current", d)
	local run = thread.run(rt, "current")
	local pid = run:task()
	equal(wait(function() return d:getnumber(0) > 0 end), true)
	equal(pid and pid.pid or d:getnumber(0), d:getnumber(0))
	equal(d:getbyte(8), 1, "current() in a thread is what run() returned")
	run:stop()
end)

test("D-THR-12: one thread for a runtime", function()
	local rt <close> = body("polite", data.new(16))
	local t = thread.run(rt, "one")
	raises("running thread already", thread.run, rt, "two")
	t:stop()
end)

test("A43: a runtime without a function", function()
	local rt <close> = body("nothing")
	raises("no function", thread.run, rt, "nothing")
end)

test("D-THR-9: a runtime that is stopped", function()
	local rt = body("polite", data.new(16))
	rt:stop()
	raises("null-pointer", thread.run, rt, "stopped")
end)

test("D-CORE-39: a finalizer stops the runtime that a thread is made for", function()
	local rt = body("polite", data.new(16))
	local ok, message = cases.finalizing(function()
		rt:stop()
		lunatik.flush()
	end, thread.run, rt, "finalized")
	equal(ok, false)
	equal(message:find("null-pointer", 1, true) ~= nil, true, message)
end)

for _, context in ipairs{"softirq", "hardirq"} do
	test("runtimes that cannot sleep are refused: " .. context, function()
		local rt <close> = lunatik.runtime("tests/thread/function", context)
		raises("cannot use non-sleepable runtime in this context", thread.run, rt, "no")
	end)
end

test("D-CORE-10: arguments are checked", function()
	local d = data.new(16)
	local rt <close> = body("polite", d)
	raises("runtime expected", thread.run, d, "x")
	raises("object expected", thread.run, {}, "x")
	raises("string expected", thread.run, rt)
	raises("string expected", thread.run, rt, {})
	local t = thread.current()
	raises("thread expected", t.stop, d)
	raises("thread expected", t.task, rt)
	raises("object expected", t.task, 5)
	equal(getmetatable(t), false)
end)

for _, name in ipairs{"stubborn", "asleep", "catcher"} do
	test("D-THR-10: stop is bounded: " .. name, function()
		local d = data.new(16)
		local rt <close> = body(name, d)
		local t = thread.run(rt, name)
		equal(wait(function() return d:getnumber(0) > 0 end), true)
		local ms = milliseconds(t.stop, t)
		equal(ms < 4000, true, ms)
		equal(t:task(), nil)
	end)

	test("D-CORE-25: stopping the runtime is bounded: " .. name, function()
		local d = data.new(16)
		local rt = body(name, d)
		local t = thread.run(rt, name)
		equal(wait(function() return d:getnumber(0) > 0 end), true)
		local ms = milliseconds(rt.stop, rt)
		equal(ms < 8000, true, ms)
		equal(t:task(), nil)
		t:stop()
	end)
end

test("threads that stop each other", function()
	local one, two = body("duel"), body("duel")
	local t1, t2 = thread.run(one, "one"), thread.run(two, "two")
	linux.schedule(500)
	equal(milliseconds(function()
		t1:stop()
		t2:stop()
		one:stop()
		two:stop()
	end) < 20000, true)
end)

test("an error in a body", function()
	local rt <close> = body("fails")
	local t = thread.run(rt, "fails")
	equal(wait(function() return t:task() == nil end), true)
end)

test("the object may be forgotten", function()
	local d = data.new(16)
	local rt = body("polite", d)
	thread.run(rt, "forgotten")
	collectgarbage()
	lunatik.flush()
	local before = d:getnumber(0)
	equal(wait(function() return d:getnumber(0) > before end), true, "it goes on")
	rt:stop()
	equal(d:getbyte(8), 1)
end)

test("D-THR-13: a thread that is stopped stops what it has started", function()
	local d = data.new(16)
	local function children()
		local n = 0
		for _, item in ipairs(lunatik.list(true)) do
			n = n + (item.name == "tests/thread/nothing" and 1 or 0)
		end
		return n
	end
	local rt <close> = body("founder", d)
	local t = thread.run(rt, "founder")
	equal(wait(function() return d:getbyte(0) == 1 end), true, "it has started them")
	t:stop()
	equal(d:getbyte(0), 2, "it has stopped them")
	equal(wait(function() return children() == 0 end), true, "they are gone")
	collectgarbage()
end)

test("a name as long as memory", function()
	local rt <close> = body("polite", data.new(16))
	local t = thread.run(rt, ("x"):rep(4 << 20))
	t:stop()
end)

test("many threads", function()
	local runtimes, threads, d = {}, {}, data.new(16)
	for i = 1, 30 do
		runtimes[i] = body("polite", d)
		threads[i] = thread.run(runtimes[i], "many" .. i)
	end
	for i = 1, 30 do
		threads[i]:stop()
		runtimes[i]:stop()
	end
end)

lunatik.flush()
cases.finish()
