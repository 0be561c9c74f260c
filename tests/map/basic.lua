-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- All functions of maps, in a script of any kind of runtime.

local data = require("data")
local map = require("map")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function collect(m)
	local found, n = {}, 0
	for k, v in m:pairs() do
		equal(found[k], nil, "seen twice: " .. tostring(k))
		found[k], n = v, n + 1
	end
	return found, n
end

local function both(f)
	for _, percpu in ipairs{false, true} do
		for _, new in ipairs{"hash", "lru"} do
			f(new, function(n, options)
				options = options or {}
				options.percpu = percpu
				return map[new](n, options)
			end)
		end
	end
end

test("set, get, replace, remove", function()
	both(function(name, new)
		local m = new(16)
		equal(m[1], nil, name)
		m[1], m[-1], m[math.mininteger] = 10, 20, math.maxinteger
		equal(m[1], 10)
		equal(m[-1], 20)
		equal(m:get(math.mininteger), math.maxinteger)
		equal(#m, 3)
		m[1] = -5
		equal(m[1], -5)
		m:set(1, 0)
		equal(m[1], 0)
		m[1] = nil
		m[1] = nil
		equal(m[1], nil)
		equal(#m, 2)
	end)
end)

test("add", function()
	both(function(_, new)
		local m = new(16)
		equal(m:add(7), 1)
		equal(m[7], 1)
		m:add(7, 41)
		equal(m[7], 42)
		m:add(7, -50)
		equal(m[7], -8)
		m:add(8, 0)
		equal(m[8], 0)
		m:add(9, math.maxinteger)
		m:add(9, 1)
		equal(m[9], math.mininteger)
	end)
end)

test("keys that are strings", function()
	both(function(_, new)
		local m = new(16, {key = 16})
		m.bash, m[""], m[("x"):rep(16)] = 1, 2, 3
		m:add("bash", 2)
		m[12] = 4
		equal(m.bash, 3)
		equal(m[""], 2)
		equal(m[("x"):rep(16)], 3)
		equal(m["12"], 4)
		equal(m.bas, nil)
		local found, n = collect(m)
		equal(n, 4)
		equal(found.bash, 3)
		equal(found["12"], 4)
		raises("string is too long: 16 bytes at most", function() return m[("x"):rep(17)] end)
		raises("zero byte", function() m["a\0b"] = 1 end)
	end)
end)

test("a key may have a method's name", function()
	local m = map.hash(16, {key = 16})
	m.add, m.clear, m.__gc = 1, 2, 3
	equal(type(m.add), "function")
	equal(m:get("add"), 1)
	equal(m:get("clear"), 2)
	equal(m.__gc, 3)
	equal(#m, 3)
	m:clear()
	equal(#m, 0)
end)

test("keys and values of fixed bytes", function()
	local m = map.hash(8, {key = "c4", value = "c6"})
	m["\1\0\0\0"], m["\1\0\0\1"] = "a\0b\0c\0", "\0\0\0\0\0\0"
	equal(m["\1\0\0\0"], "a\0b\0c\0")
	equal(m["\1\0\0\1"], "\0\0\0\0\0\0")
	raises("4 bytes expected, got 3", function() return m.abc end)
	raises("6 bytes expected, got 5", function() m["\1\0\0\0"] = "12345" end)
	local _, n = collect(m)
	equal(n, 2)
end)

test("values that are strings", function()
	for _, m in ipairs{map.hash(8, {value = 20}), map.lru(8, {value = 20}), map.array(8, {value = 20})} do
		m[1], m[2] = "one", ""
		equal(m[1], "one")
		equal(m[2], "")
		m[1] = ("z"):rep(20)
		equal(m[1], ("z"):rep(20))
		m[1] = 15
		equal(m[1], "15")
		raises("string is too long: 20 bytes at most", function() m[1] = ("z"):rep(21) end)
		raises("string expected", function() m[1] = true end)
		raises("not numbers of 32 or 64 bits", m.add, m, 1)
		equal(m[1], "15")
		m[1] = nil
	end
end)

test("integers of all sizes", function()
	for bits = 8, 64, 8 do
		if bits == 8 or bits == 16 or bits == 32 or bits == 64 then
			local s, u = "int" .. bits, "uint" .. bits
			local m, n = map.hash(8, {key = s, value = s}), map.hash(8, {key = u, value = u})
			m[-1], m[1] = -1, -2
			equal(m[-1], -1)
			equal(m[1], -2)
			local most = bits == 64 and -1 or (1 << bits) - 1
			n[most], n[0] = most, 0
			equal(n[most], most)
			equal(select(2, collect(n)), 2)
			equal(collect(m)[-1], -1)
			if bits < 64 then
				raises("out of range: -1 is not in 0.." .. most, function() n[-1] = 1 end)
				raises("out of range", function() n[1] = most + 1 end)
				raises("out of range", function() m[1] = 1 << (bits - 1) end)
				raises("out of range", function() return m[-(1 << (bits - 1)) - 1] end)
			end
			if bits < 32 then
				raises("not numbers of 32 or 64 bits", n.add, n, 1)
			else
				equal(m:add(-1, -1), -2)
				equal(n:add(0, -1), most)
			end
		end
	end
end)

test("arrays", function()
	for _, percpu in ipairs{false, true} do
		local m = map.array(4, {percpu = percpu})
		equal(#m, 4)
		equal(m[0], 0)
		m[3] = 5
		m:add(3)
		m:add(0, 2)
		equal(m[3], 6)
		raises("out of range: 4 is not in 0..3", function() return m[4] end)
		raises("out of range: -1 is not in 0..3", function() m[-1] = 1 end)
		raises("out of range", m.add, m, 1 << 32)
		local sum, n = 0, 0
		for k, v in pairs(m) do
			sum, n = sum + k * v, n + 1
		end
		equal(n, 4)
		equal(sum, 18)
		m[3] = nil
		equal(m[3], 0)
		m[2] = 9
		m:clear()
		equal(m[2], 0)
		equal(m[0], 0)
	end
end)

test("a full map", function()
	local m = map.hash(4)
	for i = 1, 4 do
		m[i] = i
	end
	raises("map is full", function() m[5] = 5 end)
	raises("map is full", m.add, m, 5)
	m[1] = 10
	m:add(2, 5)
	m[1] = nil
	m[5] = 5
	equal(m[5], 5)
	equal(#m, 4)
end)

test("an lru map drops old keys", function()
	local m = map.lru(64)
	for i = 1, 5000 do
		m[i] = i
	end
	equal(#m <= 64, true, #m)
	equal(#m > 0, true)
	equal(m[5000], 5000)
end)

test("D-MAP-4: pairs while the map changes", function()
	local m, seen = map.hash(300), 0
	for i = 1, 200 do
		m[i] = i
	end
	for k in m:pairs() do
		seen = seen + 1
		m[k], m[k + 1] = nil, nil
		m[1000 + k % 50] = 1
	end
	equal(seen >= 100, true, seen)
	for k in m:pairs() do
		m[k] = nil
	end
	equal(#m, 0)
	local next = m:pairs()
	equal(next(), nil)
	equal(next(), nil)
end)

test("clear", function()
	both(function(_, new)
		local m = new(500)
		for i = 1, 300 do
			m[i] = i
		end
		m:clear()
		equal(#m, 0)
		m[1] = 1
		equal(#m, 1)
	end)
end)

test("wrong arguments", function()
	for _, new in ipairs{map.hash, map.lru, map.array} do
		raises("number expected", new)
		raises("number expected", new, {})
		for _, n in ipairs{0, -1, (1 << 20) + 1, 1 << 32, math.mininteger, math.maxinteger} do
			raises("is not in 1..1048576", new, n)
		end
		raises("table expected", new, 1, 5)
		raises("unknown field 'percup' (the nearest one is 'percpu')", new, 1, {percup = true})
		raises("bad field 'percpu' (boolean expected, got number)", new, 1, {percpu = 1})
		raises("bad field 'percpu' (only integers are summed)", new, 1, {percpu = true, value = 8})
		for _, bad in ipairs{0, -1, 256, 1 << 40, "", "int", "int65", "c0", "c256", "c", "c-1", true, {}, print} do
			raises("bad field 'value'", new, 1, {value = bad})
		end
	end
	raises("bad field 'key'", map.hash, 1, {key = "x"})
	raises("unknown field 'key'", map.array, 1, {key = "uint32"})
	local m = map.hash(4)
	for _, bad in ipairs{"x", true, {}, print, m} do
		raises("number expected", function() m[1] = bad end)
		raises("number expected", function() m[bad] = 1 end)
		raises("number expected", function() return m:get(bad) end)
		raises("number expected", m.add, m, bad)
		raises("number expected", m.add, m, 1, bad)
	end
	raises("value expected", m.set, m, 1)
	raises("number expected", function() return m.nosuch end)
	equal(#m, 0)
	equal(tostring(m), "map (4 entries at most)")
	equal(getmetatable(m), false)
end)

test("other objects are refused", function()
	local m, d = map.hash(4), data.new(8)
	for _, method in ipairs{"get", "set", "add", "pairs", "clear", "rows", "histogram", "pin"} do
		raises("map expected", m[method], d, 1, 1)
		raises("object expected", m[method], {}, 1, 1)
		raises("object expected", m[method])
		raises("object expected", m[method], "x", 1, 1)
	end
	raises("not a histogram", m.rows, m)
end)

-- ---- histograms ----

local bar = ("@"):rep(52)

local function line(label, count, width)
	return string.format("%-16s%8d |%-52s|\n", label, count, bar:sub(1, width))
end

test("powers of two", function()
	local h = map.histogram()
	equal(tostring(h), "")
	for _, n in ipairs{-5, 0, 1, 1, 2, 3, 3, 3, 1500} do
		h:add(n)
	end
	h:add(1 << 20, 8)
	h:add(math.maxinteger)
	h:add(math.mininteger)
	equal(h[0], 19)
	local text = tostring(h)
	equal(text:sub(1, 4 * 80), line("(..., 0)", 2, 13) .. line("[0]", 1, 6) .. line("[1]", 2, 13) .. line("[2, 4)", 4, 26))
	equal(text:find(line("[1K, 2K)", 1, 6), 1, true) ~= nil, true, text)
	equal(text:find(line("[512, 1K)", 0, 0), 1, true) ~= nil, true, text)
	equal(text:find(line("[1M, 2M)", 8, 52), 1, true) ~= nil, true, text)
	equal(text:sub(-80), line("[4E, 8E)", 1, 6))
	local rows = h:rows()
	equal(#rows, 7)
	equal(rows[1].low, math.mininteger)
	equal(rows[1].high, -1)
	equal(rows[2].low, 0)
	equal(rows[2].high, 0)
	equal(rows[4].low, 2)
	equal(rows[4].high, 3)
	equal(rows[4].count, 4)
	equal(rows[7].low, 1 << 62)
	equal(rows[7].high, math.maxinteger)
	h:clear()
	equal(h[0], 0)
	equal(tostring(h), "")
	raises("a histogram takes no value", function() h[0] = 1 end)
	raises("number expected", h.add, h)
	raises("number expected", h.add, h, {})
	raises("number expected", h.add, h, 1, {})
end)

test("linear", function()
	local h = map.histogram{min = -10, max = 25, step = 10}
	for _, n in ipairs{-11, -10, -1, 0, 9, 10, 19, 20, 24, 25, 1000, math.mininteger} do
		h:add(n)
	end
	equal(tostring(h), line("(..., -10)", 2, 52) .. line("[-10, 0)", 2, 52) .. line("[0, 10)", 2, 52) .. line("[10, 20)", 2, 52) ..
		line("[20, 25)", 2, 52) .. line("[25, ...)", 2, 52))
	equal(h:rows()[5].high, 24)
	raises("bad field 'step'", map.histogram, {min = 0, max = 1001, step = 1})
	raises("bad field 'step'", map.histogram, {min = math.mininteger + 1, max = math.maxinteger, step = 1})
	raises("bad field 'max'", map.histogram, {min = 5, max = 5, step = 1})
	raises("bad field 'step'", map.histogram, {min = 5, max = 6, step = 0})
	raises("bad field", map.histogram, {min = 5, step = 1})
	raises("bad field", map.histogram, {step = 1})
	raises("bad field 'entries'", map.histogram, {entries = 2})
	raises("unknown field", map.histogram, {stop = 1})
	raises("table expected", map.histogram, 1)
	map.histogram{min = 0, max = 1000, step = 1}:add(5)
	map.histogram{min = math.mininteger + 1, max = math.maxinteger, step = 1 << 60}:add(5)
end)

test("a map of histograms", function()
	local h = map.histogram{key = 8, entries = 4, percpu = true}
	h:add("one", 5)
	h:add("one", 6)
	h:add("two", 1, 7)
	equal(h.one, 2)
	equal(h.two, 7)
	equal(h.three, nil)
	equal(#h, 2)
	local text = tostring(h)
	equal(text:find("[one]:\n" .. line("[4, 8)", 2, 52), 1, true) ~= nil, true, text)
	equal(text:find("[two]:\n" .. line("[1]", 7, 52), 1, true) ~= nil, true, text)
	equal(#h:rows("one"), 1)
	equal(#h:rows("three"), 0)
	h:add("three", 1)
	h:add("four", 1)
	raises("map is full", h.add, h, "five", 1)
	h.one = nil
	equal(h.one, nil)
	h:clear()
	equal(#h, 0)
end)

test("the histogram of a map", function()
	local m = map.hash(16)
	m[1], m[2], m[3], m[-1] = 5, 1, 2, 1
	local rows = m:histogram():rows()
	equal(#rows, 3)
	equal(rows[2].count, 5)
	equal(rows[3].count, 3)
	rows = m:histogram{min = 0, max = 10, step = 5}:rows()
	equal(#rows, 2)
	equal(rows[2].count, 8)
	raises("not integers", m.histogram, map.hash(4, {key = 4}))
	raises("a key makes no sense", m.histogram, m, {key = 4})
end)

cases.finish()
