-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Data objects in several runtimes.

local data = require("data")
local lunatik = require("lunatik")
local linux = require("linux")
local rcu = require("rcu")
local thread = require("thread")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

for _, context in ipairs{"softirq", "hardirq"} do
	test("used where nothing may sleep, in a " .. context .. " runtime", function()
		local rt <close> = lunatik.runtime("tests/data/atomic", context)
		local d, log = data.new(1 << 18), data.new(200)
		d:setuint32(0, 41)
		rt:resume(d, log)
		equal(d:getuint32(0), 42)
		equal(d:getstring(4, 6), "atomic")
		equal(log:getstring(0, 5), "false", "data.new() there")
		raises("budget", rt.resume, rt, d, log)
	end)
end

test("shared and compared", function()
	local t, d = rcu.table(1), data.new(1)
	t.d = d
	t.d:setbyte(0, 7)
	equal(d:getbyte(0), 7)
	equal(t.d, d)
	equal(t.d == data.new(1), false)
end)

test("written by several threads at once", function()
	local d, threads, runtimes = data.new(16384), {}, {}
	for i = 1, 3 do
		runtimes[i] = lunatik.runtime("tests/data/writer")
		runtimes[i]:resume(d)
		threads[i] = thread.run(runtimes[i], "writer" .. i)
	end
	for _ = 1, 200 do
		-- Pieces of 4096 bytes are copied at once.
		local piece = d:getstring(0, 4096)
		equal(piece == piece:sub(1, 1):rep(4096), true, "a torn piece")
	end
	for i = 1, 3 do
		threads[i]:stop()
		runtimes[i]:stop()
	end
end)

test("the memory limit holds", function()
	local rt <close> = lunatik.runtime("tests/data/hog")
	raises("not enough memory", rt.resume, rt)
end)

lunatik.flush()
linux.schedule(1)
cases.finish()
