-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Two threads write, this one reads and waits.

local cases = require("tests.cases")
local lunatik = require("lunatik")
local linux = require("linux")
local ring = require("ring")
local thread = require("thread")

local test, equal = cases.test, cases.equal

local COUNT <const> = 5000

test("wait", function ()
	local r = ring.new()
	local before = linux.clock()
	local ok, why = r:wait(50)
	equal(ok, nil)
	equal(why, "timeout")
	equal(linux.clock() - before >= 40 * 1000000, true)
	equal(select(2, r:wait(0)), "timeout")
	r:emit("x")
	equal(r:wait(), true)
	equal(r:wait(0), true)
	cases.raises("timeout is negative", r.wait, r, -1)
end)

test("all CPUs write, and each record is read once, in order", function ()
	local r, orders = ring.new{size = 1 << 16}, ring.new()
	local threads, runtimes = {}, {}
	for i = 1, 2 do
		runtimes[i] = lunatik.runtime("tests/ring/thread")
		orders:emit(i, COUNT)
		runtimes[i]:resume(r, orders)
		threads[i] = thread.run(runtimes[i], "ring" .. i)
	end
	local last, count, strings = {0, 0}, 0, 0
	while count + r:dropped() < 2 * COUNT do
		equal(r:wait(20000), true)
		local id, n, text = r:read()
		if id then
			equal(n > last[id], true, "order of " .. id)
			equal(text, ("t"):rep(n % 500))
			last[id], count, strings = n, count + 1, strings + #text
		end
	end
	equal(count > 0, true)
	equal(select("#", r:read()), 0)
	for i = 1, 2 do
		threads[i]:stop()
		runtimes[i]:stop()
	end
	print("# " .. count .. " read, " .. r:dropped() .. " dropped")
end)

cases.finish()
