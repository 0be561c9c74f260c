-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Facts about the language that scripts rely on, in any kind of runtime.

local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function names(t)
	local list = {}
	for name in pairs(t) do list[#list + 1] = name end
	table.sort(list)
	return table.concat(list, " ")
end

local function evaluate(text)
	return assert(load("return " .. text))()
end

-- The language has integers only: it lacks every operator and numeral that makes other numbers.
local function refused(text, message)
	local chunk, err = load("return " .. text)
	equal(chunk, nil, text)
	if not err:find(message, 1, true) then
		error(text .. ": " .. err)
	end
end

test("version", function()
	equal(_VERSION, "Lua 5.4-kernel")
	assert(_LUNATIK_VERSION:match("^Lunatik %d+%.%d+$"), _LUNATIK_VERSION)
end)

test("division is of integers", function()
	equal(evaluate("7/2"), 3)
	equal(evaluate("-7/2"), -4)
	equal(7 // 2, 3)
	equal(-7 % 3, 2)
	equal(math.mininteger // -1, math.mininteger)
	equal(math.mininteger % -1, 0)
	raises("attempt to divide by zero", function() return evaluate("1/0") end)
	raises("attempt to perform 'n%", function() return 1 % 0 end)
end)

test("/ calls __idiv", function()
	local mt = {__idiv = function() return "idiv" end, __div = function() return "div" end}
	local t = setmetatable({}, mt)
	equal(load("local t = ... return t / 2")(t), "idiv")
	equal(t // 2, "idiv")
end)

test("no floats in source", function()
	for _, literal in ipairs{"1.5", ".5", "2.", "1e5", "0x1p4", "0x.8", "9223372036854775808", "3.0"} do
		equal(load("return " .. literal), nil, literal)
	end
	refused("2^3", "^")
	equal(evaluate("0xffffffffffffffff"), -1)
	equal(evaluate("0x1ffffffffffffffff"), -1)
	equal(evaluate("1 ..2"), "12")
end)

test("no floats in strings", function()
	equal("10" + 1, 11)
	equal("0x10" * 2, 32)
	equal(tonumber("1.0"), nil)
	equal(tonumber("1e1"), nil)
	equal(tonumber("0x1p4"), nil)
	equal(tonumber("inf"), nil)
	equal(tonumber("nan"), nil)
	equal(tonumber("  12  "), 12)
	equal(tonumber("zz", 36), 1295)
	raises("attempt to add a 'string' with a 'number'", function() return "1.5" + 1 end)
end)

test("overflow wraps", function()
	equal(math.maxinteger + 1, math.mininteger)
	equal(math.mininteger - 1, math.maxinteger)
	equal(math.maxinteger * 2, -2)
	equal(1 << 63, math.mininteger)
	equal(1 << 64, 0)
	equal(-1 >> 1, math.maxinteger)
	equal(tostring(math.mininteger), "-9223372036854775808")
end)

test("numeric for at the ends of the range", function()
	local n = 0
	for _ = math.maxinteger - 1, math.maxinteger do n = n + 1 end
	for _ = math.mininteger + 1, math.mininteger, -1 do n = n + 1 end
	equal(n, 4)
	raises("'for' step is zero", function() for _ = 1, 2, 0 do end end)
end)

test("math", function()
	local allowed = {abs = 1, max = 1, maxinteger = 1, min = 1, mininteger = 1, tointeger = 1, ult = 1, type = 1}
	for name in pairs(math) do assert(allowed[name], name) end
	for _, name in ipairs{"abs", "max", "maxinteger", "min", "mininteger", "tointeger", "ult"} do
		assert(math[name], name)
	end
	equal(math.tointeger("x"), nil)
	equal(math.tointeger(3), 3)
	equal(math.ult(1, -1), true)
	if math.type then
		equal(math.type(1), "integer")
		equal(math.type("1"), nil)
	end
end)

test("globals", function()
	for _, name in ipairs{"assert", "collectgarbage", "dofile", "error", "getmetatable", "ipairs", "load", "loadfile",
		"next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "require", "select",
		"setmetatable", "tonumber", "tostring", "type", "warn", "xpcall"} do
		equal(type(_G[name]), "function", name)
	end
	for _, name in ipairs{"coroutine", "debug", "math", "package", "string", "table", "utf8"} do
		equal(type(_G[name]), "table", name)
	end
end)

test("nothing of userspace", function()
	for _, name in ipairs{"io", "os", "loadstring", "unpack", "lunatik"} do
		equal(_G[name], nil, name)
		equal(package.loaded[name] and name ~= "lunatik" or nil, nil, name)
	end
	raises("module 'io' not found", require, "io")
	raises("module 'os' not found", require, "os")
end)

test("package", function()
	equal(package.path, "/lib/modules/lua/?.lua;/lib/modules/lua/?/init.lua")
	equal(package.cpath, nil)
	equal(package.loadlib, nil)
	equal(type(package.preload), "table")
end)

test("debug returns nothing dangerous", function()
	equal(names(debug), "getinfo traceback")
	local info = debug.getinfo(1, "nSlut")
	equal(info.func, nil)
	equal(info.short_src, "/lib/modules/lua/tests/core/language.lua")
	assert(info.currentline > 100)
	for key, value in pairs(debug.getinfo(print)) do
		assert(type(value) ~= "function" and type(value) ~= "table", key)
	end
end)

test("traceback", function()
	local trace = debug.traceback("message")
	assert(trace:find("^message\nstack traceback:\n"), trace)
	assert(trace:find("language.lua:%d+: in"), trace)
end)

test("string.dump is gone", function()
	equal(string.dump, nil)
end)

test("formats", function()
	equal(string.format("%d %i %u %c %x %X %o %s", 1, 2, 3, 65, 255, 255, 8, "s"), "1 2 3 A ff FF 10 s")
	equal(string.format("%5d|%-5d|%05d|%+d", 1, 1, 1, 1), "    1|1    |00001|+1")
	equal(string.format("%q", "a\n\0\"\\"), '"a\\\n\\0\\"\\\\"')
	equal(string.format("%q", math.mininteger), "0x8000000000000000")
	equal(string.format("%.3s|%5s|%-5s|", "abcdef", "x", "x"), "abc|    x|x    |")
	for _, letter in ipairs{"a", "A", "e", "E", "f", "g", "G"} do
		raises("invalid conversion", string.format, "%" .. letter, 1)
	end
end)

test("pack", function()
	equal(string.pack("<i4", -2), "\xfe\xff\xff\xff")
	equal(string.unpack("<I2", "\x01\x02"), 0x0201)
	equal(string.packsize("i8i4!8"), 12)
	equal(string.unpack("n", string.pack("n", -5)), -5)
	raises("invalid format", string.pack, "f", 1)
	raises("invalid format", string.pack, "d", 1)
end)

test("patterns, tables, coroutines, utf8", function()
	equal(("key=value"):gsub("(%w+)=(%w+)", "%2=%1"), "value=key")
	equal(table.concat({1, 2, 3}, ", "), "1, 2, 3")
	equal(select("#", table.unpack({}, 1, 5000)), 5000)
	equal(#table.pack(("x"):rep(3000):byte(1, -1)), 3000)
	local t = {}
	for i = 1, 200 do t[i] = 201 - i end
	table.sort(t)
	equal(t[200], 200)
	local co = coroutine.wrap(function(...)
		local a = coroutine.yield(...)
		return a
	end)
	equal(co(1), 1)
	equal(co(2), 2)
	equal(utf8.char(228, 8364), "ä€")
	equal(utf8.len("ä€"), 2)
end)

test("attributes", function()
	local closed
	do
		local _ <close> = setmetatable({}, {__close = function() closed = true end})
		local constant <const> = 1
		equal(constant, 1)
	end
	equal(closed, true)
	refused("nil local x <const> = 1 x = 2", "")
end)

test("tables do not show their address", function()
	assert(tostring({}):find("^table: "), tostring({}))
	assert(tostring(print):find("^function: "), tostring(print))
end)

test("memory is counted in bytes", function()
	local before = collectgarbage("count")
	local text = ("x"):rep(100000)
	local grown = collectgarbage("count") - before
	assert(grown >= 100000 and grown < 300000, grown)
	equal(#text, 100000)
	assert(before > 10000, before)
	equal(math.tointeger(before), before)
end)

test("the collector collects", function()
	local weak = setmetatable({{}}, {__mode = "v"})
	collectgarbage()
	equal(weak[1], nil)
	local finalized
	setmetatable({}, {__gc = function() finalized = true end})
	collectgarbage()
	equal(finalized, true)
	equal(collectgarbage("isrunning"), true)
end)

test("errors carry their place", function()
	local ok, message = pcall(function() error("here") end)
	equal(ok, false)
	assert(message:find("language.lua:%d+: here$"), message)
	ok, message = pcall(function() local t t.x = 1 end)
	assert(message:find("attempt to index a nil value %(local 't'%)$"), message)
	ok, message = pcall(error, {code = 1})
	equal(message.code, 1)
	equal(ok, false)
end)

test("binary chunks are refused", function()
	local chunk, message = load("\27Lua", "=x", "b")
	equal(chunk, nil)
	assert(message:find("attempt to load a binary chunk"), message)
end)

test("a first line that begins with # is no Lua", function()
	equal(load("#!/usr/bin/lua\nreturn 1"), nil)
end)

test("no metatable of strings can be broken for others", function()
	equal(getmetatable("").__name, nil)
	assert(type(getmetatable("").__index) == "table" or getmetatable("") == "string")
end)

cases.finish()
