-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Tables that several runtimes use.

local data = require("data")
local fifo = require("fifo")
local linux = require("linux")
local lunatik = require("lunatik")
local rcu = require("rcu")
local thread = require("thread")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function object(value)
	local d = data.new(8)
	d:setnumber(0, value)
	return d
end

test("_ENV is one table for all", function()
	local env = lunatik._ENV
	equal(env ~= nil, true)
	equal(env.runtimes ~= nil and env.threads ~= nil, true)
end)

for _, context in ipairs{"process", "softirq", "hardirq"} do
	test("values survive the runtime that made them: " .. context, function()
		local env = lunatik._ENV
		env.tests_rcu_keep = nil
		local rt = lunatik.runtime("tests/rcu/keep", context)
		rt:stop()
		lunatik.flush()
		equal(env.tests_rcu_keep:getnumber(0), 4711)
		env.tests_rcu_keep = nil
		equal(env.tests_rcu_keep, nil)
	end)
end

for _, context in ipairs{"softirq", "hardirq"} do
	test("used where nothing may sleep: " .. context, function()
		local rt <close> = lunatik.runtime("tests/rcu/atomic", context)
		local t, d, log = rcu.table(64), object(5), data.new(200)
		t.before = d
		rt:resume(t, d, log)
		local text = log:getstring(0)
		equal(text:match("^[^\0]*"), "done")
		equal(t.before, nil, "deleted there")
		equal(t.inserted, d, "inserted there")
	end)

	test("many insertions where nothing may sleep: " .. context, function()
		local rt <close> = lunatik.runtime("tests/rcu/flood", context)
		local t, d, log = rcu.table(64), object(0), data.new(200)
		rt:resume(t, d, log) -- some fail for want of prepared memory
		linux.schedule(300)
		local before = log:getnumber(0)
		equal(before > 0, true, before)
		rt:resume(t, d, log)
		equal(log:getnumber(0) >= 60, true, log:getnumber(0)) -- at least a half of 128 was prepared
	end)

	test("objects that need a sleeping runtime are refused: " .. context, function()
		local rt <close> = lunatik.runtime("tests/rcu/fetch", context)
		local t = rcu.table(4)
		local other <close> = lunatik.runtime("tests/rcu/keep")
		t.runtime = other
		lunatik._ENV.tests_rcu_keep = nil
		raises("non-sleepable", rt.resume, rt, t)
	end)
end

test("D-RCU-2: readers and writers at once", function()
	local t, runtimes, threads = rcu.table(2), {}, {}
	for i = 1, 3 do
		runtimes[i] = lunatik.runtime("tests/rcu/churn")
		runtimes[i]:resume(t)
		threads[i] = thread.run(runtimes[i], "churn" .. i)
	end
	local soft <close> = lunatik.runtime("tests/rcu/reader", "softirq")
	local stop, seen = linux.time() + 2000000000, 0
	while linux.time() < stop do
		soft:resume(t)
		rcu.map(t, function(key, d)
			seen = seen + 1
			equal("k" .. d:getnumber(0), key)
		end)
	end
	for i = 1, 3 do
		threads[i]:stop()
		runtimes[i]:stop()
	end
	equal(seen > 0, true)
end)

test("D-CORE-39: a finalizer closes the value that is being stored", function()
	local q, t = fifo.new(64), rcu.table(4)
	local ok, message = cases.finalizing(function()
		q:close()
		lunatik.flush()
	end, rcu.insert, t, 1, q) -- the key becomes a string
	equal(ok, false)
	equal(message:find("null-pointer", 1, true) ~= nil, true, message)
	equal(t[1], nil)
end)

test("a table that grows meets the memory limit", function()
	local rt <close> = lunatik.runtime("tests/rcu/grow", {memory = 4 << 20})
	local message = raises("", rt.resume, rt)
	equal(message:find("not enough memory", 1, true) ~= nil, true, message)
end)

test("_ENV cannot be grown without limit", function()
	local t, d = lunatik._ENV, object(1)
	local ok, message
	for i = 1, 100000 do
		ok, message = pcall(function() t["tests_rcu_" .. i] = d end)
		if not ok then
			break
		end
	end
	equal(ok, false)
	rcu.map(t, function(key)
		if key:find("^tests_rcu_") then
			t[key] = nil
		end
	end)
	equal(message:find("full", 1, true) ~= nil, true, message)
end)

lunatik.flush()
cases.finish()
