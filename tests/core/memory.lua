-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Runtimes take from the memory of all scripts, and give it back.

local lunatik = require("lunatik")
local data = require("data")
local cases = require("tests.cases")

local test = cases.test

-- Bytes that all runtimes hold, once dropped objects are gone.
local function held()
	lunatik.flush()
	return lunatik.status().memory
end

local function new(script, ...)
	return lunatik.runtime("tests/core/" .. script, ...)
end

-- Raises unless bytes lie in a range of KiB.
local function between(bytes, least, most)
	local size = bytes // 1024
	assert(size >= least and size <= most, size .. " KiB, expected " .. least .. " to " .. most)
end

-- Bytes that one more runtime takes.
local function cost(script)
	local before = held()
	local rt <close> = new(script)
	return held() - before
end

collectgarbage()

test("a runtime without hooks takes little", function()
	between(cost("child"), 16, 96)
end)

test("the first hook that may not sleep takes a reserve", function()
	between(cost("reserving") - cost("child"), 60, 100)
end)

test("the least memory suffices for a hook that may not sleep", function()
	local rt <close> = new("reserving", {memory = 128 << 10})
end)

test("small blocks that are freed go back", function()
	local before = held()
	local kept = {}
	for i = 1, 60000 do kept[i] = {i} end
	between(held() - before, 4096, 16384)
	kept = nil
	collectgarbage()
	between(held() - before, -1024, 2048)
end)

test("large blocks that are freed go back with the end of the entry", function()
	local rt <close> = new("growing")
	local before = held()
	rt:resume()
	between(held() - before, 0, 256)
end)

test("what lies scattered counts for the limit", function()
	local before = held()
	local rt <close> = new("scattered", {memory = 4 << 20})
	between(held() - before, 512, 4096 + 64)
end)

test("memory that is left over serves other sizes", function()
	local result = data.new(8)
	local rt <close> = new("serving", {memory = 2 << 20})
	rt:resume(result)
	assert(result:getint64(0) > 1 << 20, result:getint64(0))
end)

test("all memory is back", function()
	local before = held()
	for _ = 1, 20 do
		local rt <close> = new("scattered", {memory = 256 << 10})
	end
	collectgarbage()
	between(held() - before, -1024, 128)
end)

cases.finish()
