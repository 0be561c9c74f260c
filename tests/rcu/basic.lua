-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The functions of rcu tables, in a script of any kind of runtime.

local data = require("data")
local rcu = require("rcu")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function object(value)
	local d = data.new(8)
	d:setnumber(0, value)
	return d
end

local function value(d)
	return d and d:getnumber(0)
end

local function count(t)
	local n = 0
	rcu.map(t, function() n = n + 1 end)
	return n
end

test("insert, look up, replace, delete", function()
	local t = rcu.table()
	equal(t.a, nil)
	t.a = object(1)
	equal(value(t.a), 1)
	t.a = object(2)
	equal(value(t.a), 2)
	equal(count(t), 1)
	t.a = nil
	equal(t.a, nil)
	t.a = nil
	equal(count(t), 0)
end)

test("handles of one object are equal", function()
	local t, d = rcu.table(4), object(1)
	t.a, t.b = d, object(1)
	equal(t.a, t.a)
	equal(t.a, d)
	equal(t.a == t.b, false)
end)

test("D-RCU-1: keys that begin alike are different", function()
	local t = rcu.table(1) -- all in one bucket
	t.foobar = object(1)
	equal(t.foo, nil)
	equal(t.foobarbaz, nil)
	equal(t[""], nil)
	t.foo = object(2)
	t[""] = object(3)
	equal(value(t.foobar), 1)
	equal(value(t.foo), 2)
	equal(value(t[""]), 3)
	t.foo = nil
	equal(value(t.foobar), 1)
end)

test("D-RCU-9: keys may hold NUL", function()
	local t = rcu.table(1)
	t["a\0b"], t["a\0c"], t["a"] = object(1), object(2), object(3)
	equal(value(t["a\0b"]), 1)
	equal(value(t["a\0c"]), 2)
	equal(value(t["a"]), 3)
	local found = {}
	rcu.map(t, function(key) found[key] = true end)
	equal(found["a\0c"] and found["a"], true)
end)

test("integers are keys by their decimal text", function()
	local t = rcu.table(16)
	t[12] = object(1)
	equal(value(t["12"]), 1)
	t["-3"] = object(2)
	equal(value(t[-3]), 2)
end)

test("D-RCU-7: other keys are refused", function()
	local t = rcu.table(16)
	local long = ("k"):rep(255)
	t[long] = object(1)
	equal(value(t[long]), 1)
	local read = function(key) return t[key] end
	local write = function(key) t[key] = object(1) end
	raises("key is too long", read, long .. "k")
	raises("key is too long", write, long .. "k")
	raises("key is too long", write, ("k"):rep(100000))
	for _, key in ipairs{true, {}, print} do
		raises("string expected", read, key)
		raises("string expected", write, key)
	end
	equal(count(t), 1)
end)

test("values are objects or nil", function()
	local t = rcu.table(16)
	for _, bad in ipairs{1, "x", true, {}, print, coroutine.create(print)} do
		raises("object expected", function() t.x = bad end)
		raises("object expected", rcu.insert, t, "x", bad)
	end
	raises("object expected", rcu.insert, t, "x", nil)
	equal(t.x, nil)
end)

test("D-RCU-6: sizes are validated", function()
	for _, size in ipairs{0, -1, math.mininteger, math.maxinteger, 1 << 32, 1 << 40} do
		raises("size out of range", rcu.table, size)
	end
	raises("number expected", rcu.table, "big")
	for _, size in ipairs{1, 2, 3, 1000, 1024} do
		local t = rcu.table(size)
		for i = 1, 50 do
			t[i] = object(i)
		end
		for i = 1, 50 do
			equal(value(t[i]), i)
		end
		equal(count(t), 50)
	end
end)

test("a chain has an end", function()
	local t, d = rcu.table(1), object(0)
	local ok, message
	for i = 1, 3000 do
		ok, message = pcall(function() t[i] = d end)
		if not ok then
			break
		end
	end
	equal(ok, false)
	equal(message:find("table is full", 1, true) ~= nil, true, message)
	equal(count(t) >= 1000, true)
	t[1] = nil
	t.other = d
end)

test("D-RCU-8: insert is atomic", function()
	local t = rcu.table(16)
	equal(rcu.insert(t, "a", object(1)), true)
	equal(rcu.insert(t, "a", object(2)), false)
	equal(value(t.a), 1)
	t.a = nil
	equal(rcu.insert(t, "a", object(3)), true)
	equal(value(t.a), 3)
end)

test("map visits each entry once", function()
	local t, seen = rcu.table(8), {}
	for i = 1, 300 do
		t["k" .. i] = object(i)
	end
	equal(select("#", rcu.map(t, function(key, d)
		equal(seen[key], nil)
		seen[key] = true
		equal(key, "k" .. value(d))
	end)), 0)
	for i = 1, 300 do
		equal(seen["k" .. i], true)
	end
end)

test("D-RCU-4: map while the table changes", function()
	local t, visited = rcu.table(4), 0
	for i = 1, 200 do
		t[i] = object(i)
	end
	rcu.map(t, function(key)
		visited = visited + 1
		t[key] = nil
		if tonumber(key) then
			t[tonumber(key) + 1] = nil
		end
		if visited < 500 then
			t["new" .. key] = object(1)
		end
	end)
	equal(visited >= 100, true, visited)
	rcu.map(t, function(key) t[key] = nil end)
	equal(count(t), 0)
end)

test("map passes errors on, and its arguments are checked", function()
	local t = rcu.table(4)
	t.a = object(1)
	raises("oops", rcu.map, t, function() error("oops") end)
	raises("function expected", rcu.map, t)
	raises("function expected", rcu.map, t, 5)
	rcu.map(rcu.table(4), error)
end)

test("D-RCU-5: map of a temporary table", function()
	local outer, visited = rcu.table(4), 0
	outer.inner = rcu.table(4)
	for i = 1, 20 do
		outer.inner[i] = object(i)
	end
	rcu.map(outer.inner, function(key, d)
		outer.inner = nil
		collectgarbage("step")
		visited = visited + 1
		equal(value(d), tonumber(key))
	end)
	equal(visited, 20)
end)

test("D-CORE-10: only tables are accepted", function()
	local d, t = object(1), rcu.table(1)
	raises("rcu expected", rcu.map, d, print)
	raises("rcu expected", rcu.insert, d, "a", d)
	raises("object expected", rcu.map, {}, print)
	raises("object expected", rcu.map, nil, print)
	equal(getmetatable(t), false)
end)

test("tables in tables, and in themselves", function()
	local t, u = rcu.table(4), rcu.table(4)
	t.self, t.u, u.t = t, u, t
	equal(t.self.self.u.t.self, t)
	t.self, u.t = nil, nil
end)

cases.finish()
