-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Maps that several runtimes use.

local data = require("data")
local linux = require("linux")
local lunatik = require("lunatik")
local map = require("map")
local thread = require("thread")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function maps()
	return map.hash(100), map.lru(200), map.hash(100, {percpu = true}), map.array(10), map.histogram(), map.hash(20, {value = 200})
end

-- Start threads that add: their number, and how often each.
local function start(n, rounds, ...)
	local orders, running = map.array(2), {}
	orders[0] = rounds
	for i = 1, n do
		local rt = lunatik.runtime("tests/map/adder")
		rt:resume(orders, ...)
		running[i] = {rt, thread.run(rt, "adder" .. i)}
	end
	return running, orders
end

local function stop(running)
	for _, r in ipairs(running) do
		r[2]:stop()
		r[1]:stop()
	end
end

local function sum(m)
	local total = 0
	for _, v in m:pairs() do
		total = total + v
	end
	return total
end

for _, context in ipairs{"softirq", "hardirq"} do
	test("used where nothing may sleep: " .. context, function()
		local rt <close> = lunatik.runtime("tests/map/use", context)
		local numbers, words, old, log = map.hash(16), map.hash(4, {key = 8, value = 8}), map.lru(16), data.new(200)
		local array, histogram = map.array(4), map.histogram()
		numbers[1] = 5
		rt:resume(log, numbers, words, old, array, histogram)
		equal(log:getstring(0):match("^[^\0]*"), "done")
		equal(numbers[3], 10)
		equal(array[1], 2)
		equal(histogram[0], 1)
		equal(#old <= 16, true)
	end)
end

test("D-MAP-5: all add at once, and nothing is lost", function()
	local THREADS <const>, ROUNDS <const> = 4, 3000
	local hash, lru, percpu, array, histogram, text = maps()
	local running, orders = start(THREADS, ROUNDS, hash, lru, percpu, array, histogram, text)
	local mine = 0
	repeat
		for i = 1, 100 do
			hash:add(i % 100)
			percpu:add(i % 100)
			array:add(i % 10)
			histogram:add(i % 100)
		end
		mine = mine + 100
		for i = 0, 4 do
			local word = text[i]
			equal(not word or word == word:sub(1, 1):rep(200), true, word)
		end
		equal(#lru <= 200, true)
		linux.schedule(1)
	until orders[1] == THREADS
	stop(running)
	local expected = THREADS * ROUNDS + mine
	equal(sum(hash), expected)
	equal(sum(percpu), expected)
	equal(sum(array), expected)
	equal(histogram[0], expected)
	equal(#hash, 100)
end)

test("stopped while they add", function()
	local hash, lru, percpu, array, histogram, text = maps()
	local running = start(3, -1, hash, lru, percpu, array, histogram, text)
	for _ = 1, 20 do
		hash:clear()
		text:clear()
		lru:clear()
		for k in hash:pairs() do
			hash[k] = nil
		end
		tostring(histogram)
		linux.schedule(2)
	end
	for _, r in ipairs(running) do
		r[1]:stop()
	end
	local before = sum(hash)
	linux.schedule(20)
	equal(sum(hash), before)
end)

for _, context in ipairs{"process", "softirq", "hardirq"} do
	test("a map survives the runtime that made it: " .. context, function()
		local env = lunatik._ENV
		env.tests_map_keep = nil
		local rt = lunatik.runtime("tests/map/keep", context)
		rt:stop()
		lunatik.flush()
		equal(env.tests_map_keep[47], 11)
		env.tests_map_keep = nil
	end)
end

test("D-MAP-6: maps are made until the memory limit", function()
	local rt <close> = lunatik.runtime("tests/map/glutton", {memory = 4 << 20})
	local count = map.array(1)
	raises("not enough memory", rt.resume, rt, count)
	equal(count[0] > 5 and count[0] < 60, true, count[0])
	raises("not enough memory", map.hash, 1 << 20, {key = 255, value = 255})
	raises("not enough memory", map.histogram, {key = 255, entries = 1 << 20, min = 0, max = 1000, step = 1})
end)

test("D-MAP-6: maps that nothing holds make room for others", function()
	local rt <close> = lunatik.runtime("tests/map/litter", {memory = 4 << 20})
	local count = map.array(1)
	rt:resume(count)
	equal(count[0], 200)
end)

test("D-MAP-7: the walk over a map without keys is paid for", function()
	local rt <close> = lunatik.runtime("tests/map/walk", "softirq")
	rt:resume(map.hash(1 << 10))
	raises("budget", rt.resume, rt, map.hash(1 << 17))
end)

test("many maps come and go", function()
	for _ = 1, 50 do
		map.hash(10)[1] = 1
		map.histogram():add(1)
	end
	collectgarbage()
	lunatik.flush()
end)

cases.finish()
