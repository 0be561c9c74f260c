-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Things that a script may try. Each entry is called by tests/safety/*.sh, in a script's body or in a hook.
-- Entries of `endless` would run (almost) for ever. Entries of `failing` end with an error of their own.
-- Entries of `heavy` end well, in bounded time, where only memory is limited.
-- @module tests.safety.hostile

local endless, failing, heavy = {}, {}, {}

local function nothing() end

-- No element is there, but the length says so.
local function vast(size)
	return setmetatable({}, {__len = function() return size end, __index = function() return "x" end, __newindex = nothing})
end

-- ---- loops

endless["while"] = function()
	while true do end
end

endless["numeric for"] = function()
	for _ = math.mininteger, math.maxinteger do end
end

endless["goto"] = function()
	::again::
	goto again
end

endless["tail call"] = function()
	local function f() return f() end
	return f()
end

endless["call"] = function()
	while true do nothing() end
end

endless["C function"] = function()
	while true do rawlen("") end
end

endless["coroutine"] = function()
	while true do
		coroutine.wrap(nothing)()
	end
end

endless["loop in a coroutine"] = function()
	coroutine.wrap(function() while true do end end)()
end

endless["coroutines that yield"] = function()
	local f = coroutine.wrap(function() while true do coroutine.yield() end end)
	while true do f() end
end

endless["pcall around a loop"] = function()
	while true do
		pcall(function() while true do end end)
	end
end

endless["xpcall around a loop"] = function()
	local function again() while true do end end
	while true do
		xpcall(again, again)
	end
end

endless["resume of a loop"] = function()
	while true do
		coroutine.resume(coroutine.create(function() while true do end end))
	end
end

endless["close of a coroutine"] = function()
	local thread = coroutine.create(function()
		local _ <close> = setmetatable({}, {__close = function() while true do end end})
		coroutine.yield()
	end)
	coroutine.resume(thread)
	coroutine.close(thread)
end

endless["message handler"] = function()
	xpcall(error, function() while true do end end)
end

endless["__gc"] = function()
	setmetatable({}, {__gc = function() while true do end end})
	local garbage
	for i = 1, 1 << 40 do garbage = {i} end
	return garbage
end

endless["__close"] = function()
	local _ <close> = setmetatable({}, {__close = function() while true do end end})
end

endless["__close of an error"] = function()
	local _ <close> = setmetatable({}, {__close = function() while true do end end})
	error("on the way out")
end

endless["__index"] = function()
	return setmetatable({}, {__index = function() while true do end end}).x
end

endless["__eq"] = function()
	local mt = {__eq = function() while true do end end}
	return setmetatable({}, mt) == setmetatable({}, mt)
end

endless["for iterator"] = function()
	for _ in nothing or nothing, nil, nil do end
	for _ in function() return 1 end do end
end

endless["sort comparator"] = function()
	table.sort({3, 1, 2}, function() while true do end end)
end

endless["gsub callback"] = function()
	string.gsub("x", ".", function() while true do end end)
end

endless["load reader"] = function()
	load(function() return " " end)
end

-- ---- one call that takes long

endless["pattern"] = function()
	return string.match(("a"):rep(60), (".-"):rep(18) .. "b")
end

endless["pattern in gsub"] = function()
	return string.gsub(("a"):rep(400), (".-"):rep(8) .. "b", "")
end

endless["find in a long string"] = function()
	local text = ("a"):rep(1 << 18)
	for _ = 1, 1 << 20 do text:find(("a"):rep(1 << 17) .. "b", 1, true) end
end

endless["table.move"] = function()
	table.move(vast(1 << 40), 1, 1 << 40, 2, vast(0))
end

endless["table.insert"] = function()
	table.insert(vast(1 << 40), 1, true)
end

endless["table.remove"] = function()
	table.remove(vast(1 << 40), 1)
end

endless["ipairs"] = function()
	for _ in ipairs(vast(1 << 40)) do end
end

endless["utf8.len"] = function()
	local text = ("x"):rep(1 << 16)
	while true do utf8.len(text) end
end

endless["a million concatenations of 8 MiB"] = function()
	local text = ("x"):rep(8 << 20)
	for _ = 1, 1000000 do
		local _ = text .. text
	end
end

endless["comparisons of long strings"] = function()
	local a, b = ("x"):rep(1 << 20) .. "a", ("x"):rep(1 << 20) .. "b"
	while true do
		local _ = a < b
	end
end

endless["next on an emptied table"] = function()
	local t = {}
	for i = 1, 10000 do t[i .. ""] = i end
	for k in pairs(t) do t[k] = nil end
	while true do next(t) end
end

endless["length of a table with holes"] = function()
	local t = {}
	while true do
		t[#t + 1] = nil
	end
end

endless["collectgarbage"] = function()
	local t = {}
	for i = 1, 10000 do t[i] = {} end
	while true do collectgarbage("step", 100) end
end

-- ---- recursion and nesting

failing["recursive function"] = {"", function()
	local function f() return 1 + f() end
	f()
end}

failing["recursive pcall"] = {"", function()
	local function f() return assert(pcall(f)) end
	f()
end}

-- Each level's handler recurses again: without the count, it takes time that doubles with every level of the stack.
failing["recursive xpcall"] = {"calls and more", function()
	local calls = 0
	local function f()
		calls = calls + 1
		return calls > 100000 or assert(xpcall(f, f))
	end
	pcall(f)
	error("100000 calls and more")
end}

failing["recursive gsub callback"] = {"stack overflow", function()
	local function f() return (string.gsub("x", ".", f)) end
	f()
end}

failing["recursive __index"] = {"", function()
	local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end})
	return t[1]
end}

failing["chain of __index"] = {"'__index' chain too long; possible loop", function()
	local t = {}
	for _ = 1, 3000 do t = setmetatable({}, {__index = t}) end
	return t.x
end}

failing["loop of __index"] = {"'__index' chain too long; possible loop", function()
	local t = {}
	t.__index = t
	return setmetatable(t, t).x
end}

failing["recursive __concat"] = {"stack overflow", function()
	local t = setmetatable({}, {__concat = function(a, b) return a .. b end})
	return t .. t
end}

failing["recursive __close"] = {"stack overflow", function()
	local function f()
		local _ <close> = setmetatable({}, {__close = f})
	end
	f()
end}

failing["a message that is too long"] = {"xxx and this is why", function()
	error(("x"):rep(3000) .. " and this is why")
end}

failing["recursive coroutine.wrap"] = {"stack overflow", function()
	local function f() return coroutine.wrap(f)() end
	f()
end}

failing["recursive coroutine.resume"] = {"stack overflow", function()
	local function f()
		local ok, message = coroutine.resume(coroutine.create(f))
		return ok or error(message, 0)
	end
	f()
end}

failing["recursive __tostring"] = {"stack overflow", function()
	tostring(setmetatable({}, {__tostring = function(t) return tostring(t) end}))
end}

failing["recursive sort comparator"] = {"stack overflow", function()
	local function less()
		table.sort({1, 2, 3}, less)
		return false
	end
	less()
end}

failing["recursive load"] = {"", function()
	local function f() return assert(load(f)) end
	error(select(2, load(f)), 0)
end}

failing["recursive message handler"] = {"", function()
	local function handler() error("again") end
	local _, message = xpcall(error, handler)
	error(message, 0)
end}

failing["recursive require"] = {"", function()
	package.preload.loop = function() package.loaded.loop = nil return require("loop") end
	require("loop")
end}

failing["pattern that recurses"] = {"", function()
	return string.match(("a"):rep(200000), ("a?"):rep(200000))
end}

local function nest(what, open, middle, close)
	failing[what] = {"", function()
		-- If that many levels are too many, the parser says so; if not, all of them have to work.
		local chunk, message = load(open:rep(190) .. middle .. close:rep(190))
		if chunk then
			chunk()
		end
		error(message or "190 levels work", 0)
	end}
end

nest("190 nested parentheses", "return (", "1", ")")
failing["190 nested parentheses"][2] = function()
	local chunk, message = load("return " .. ("("):rep(190) .. "1" .. (")"):rep(190))
	error(chunk and "190 levels work: " .. chunk() or message, 0)
end
failing["190 nested braces"] = {"", function()
	local chunk, message = load("return " .. ("{"):rep(190) .. ("}"):rep(190))
	error(chunk and "190 levels work: " .. type(chunk()) or message, 0)
end}
nest("190 nested functions", "local function f() ", "", " end")
nest("190 nested loops", "while false do ", "", " end")
nest("190 nested ifs", "if true then ", "", " end")
nest("190 nested blocks", "do ", "", " end")

failing["a million nested parentheses"] = {"", function()
	error(select(2, load("return " .. ("("):rep(1000000))), 0)
end}

failing["a million unary operators"] = {"", function()
	error(select(2, load("return " .. ("- "):rep(1000000) .. "1")), 0)
end}

failing["a million concatenation operators"] = {"", function()
	error(select(2, load("return " .. ("x.."):rep(1000000) .. "x")), 0)
end}

-- ---- memory

failing["string.rep beyond everything"] = {"resulting string too large", function()
	return string.rep("x", 1 << 62, "y")
end}

failing["string.rep beyond the address space"] = {"", function()
	return string.rep("x", 1 << 62)
end}

failing["string.rep beyond the limit"] = {"not enough memory", function()
	return string.rep("x", 1 << 30)
end}

failing["endless table"] = {"not enough memory", function()
	local t = {}
	for i = 1, math.maxinteger do t[i] = i end
end}

failing["endless table of strings"] = {"not enough memory", function()
	local t = {}
	for i = 1, math.maxinteger do t["k" .. i] = i end
end}

failing["endless chain of tables"] = {"not enough memory", function()
	local t = {}
	while true do t = {t} end
end}

failing["endless string"] = {"not enough memory", function()
	local s = "x"
	while true do s = s .. s end
end}

failing["endless table, caught again and again"] = {"not enough memory", function()
	local t = {}
	local function grow()
		for i = #t + 1, math.maxinteger do t[i] = i end
	end
	local message
	for _ = 1, 20 do _, message = pcall(grow) end
	error(message, 0)
end}

failing["endless string, caught again and again"] = {"not enough memory", function()
	local message
	for _ = 1, 20 do
		_, message = pcall(function()
			local s = "x"
			while true do s = s .. s end
		end)
	end
	error(message, 0)
end}

failing["endless coroutines"] = {"not enough memory", function()
	local t = {}
	while true do t[#t + 1] = coroutine.create(nothing) end
end}

failing["endless closures"] = {"not enough memory", function()
	local f = nothing
	while true do
		local g = f
		f = function() return g end
	end
end}

failing["table.concat over 2^40 elements"] = {"", function()
	return table.concat(vast(1 << 40))
end}

failing["table.concat over 2^40 missing elements"] = {"invalid value (nil) at index 1 in table for 'concat'", function()
	return table.concat({}, "", 1, 1 << 40)
end}

failing["table.unpack of 2^40 elements"] = {"too many results to unpack", function()
	return table.unpack({}, 1, 1 << 40)
end}

failing["string.byte of a long string"] = {"", function()
	return string.byte(("x"):rep(1 << 21), 1, -1)
end}

failing["table.move onto itself, out of range"] = {"too many elements to move", function()
	table.move({}, math.mininteger, math.maxinteger, 1)
end}

failing["select of too many arguments"] = {"", function()
	local t = table.pack(table.unpack({}, 1, 1000000))
	return select("#", table.unpack(t, 1, 1 << 30))
end}

failing["string.format with a wide field"] = {"invalid conversion", function()
	return string.format("%9999999d", 1)
end}

failing["utf8.char of too much"] = {"value out of range", function()
	return utf8.char(1 << 40)
end}

failing["string.pack of a wide integer"] = {"out of limits", function()
	return string.pack("i17", 1)
end}

-- ---- bytecode and what would lead to it

failing["crafted bytecode"] = {"attempt to load a binary chunk", function()
	error(select(2, load("\27Lua" .. "\x54\x00\x19\x93\r\n\x1a\n" .. ("\0"):rep(64), "=bytecode", "b")), 0)
end}

failing["crafted bytecode, as whatever it is"] = {"attempt to load a binary chunk", function()
	error(select(2, load("\27Lua" .. ("\xff"):rep(64))), 0)
end}

failing["crafted bytecode, piece by piece"] = {"attempt to load a binary chunk", function()
	local pieces, i = {"\27", "Lua", ("\1"):rep(64)}, 0
	error(select(2, load(function()
		i = i + 1
		return pieces[i]
	end)), 0)
end}

failing["string.dump"] = {"attempt to call a nil value (field 'dump')", function()
	return string.dump(nothing)
end}

failing["package.loadlib"] = {"attempt to call a nil value (field 'loadlib')", function()
	return package.loadlib("kfree", "x")
end}

failing["an error without a message"] = {"", function()
	error()
end}

failing["an error that cannot be converted"] = {"", function()
	error(setmetatable({}, {__tostring = function() error("no") end}))
end}

failing["an error object that is its own trap"] = {"", function()
	error(setmetatable({}, {__tostring = function() return {} end, __name = {}}))
end}

-- ---- much work for the collector

heavy["string.rep of nothing"] = function()
	return string.rep("", math.maxinteger)
end

heavy["chained weak tables"] = function()
	local first = setmetatable({}, {__mode = "k"})
	local t = first
	for _ = 1, 16000 do
		local key = {}
		local following = setmetatable({}, {__mode = "k"})
		t[key] = following
		following[1] = key
		t = following
	end
	collectgarbage()
	collectgarbage()
end

heavy["one ephemeron table, chained against its order"] = function()
	local t = setmetatable({}, {__mode = "k"})
	local key = {}
	local last = key
	for _ = 1, 16000 do
		local k = {}
		t[k] = key
		key = k
	end
	collectgarbage()
	collectgarbage()
	return last
end

heavy["many finalizers"] = function()
	local count = 0
	local mt = {__gc = function() count = count + 1 end}
	for _ = 1, 20000 do setmetatable({}, mt) end
	collectgarbage()
	collectgarbage()
	assert(count == 20000, count)
end

heavy["a deep chain of tables"] = function()
	local t = {}
	for _ = 1, 100000 do t = {t} end
	collectgarbage()
end

heavy["sort of a hundred thousand equal elements"] = function()
	local t = {}
	for i = 1, 100000 do t[i] = 1 end
	table.sort(t)
end

heavy["strings of one hash bucket"] = function()
	local t = {}
	for i = 1, 20000 do t[("x"):rep(40 + i % 7) .. i] = i end
end

heavy["finalizers that fail"] = function()
	for _ = 1, 100 do
		setmetatable({}, {__gc = function() error("finalizer") end})
	end
	collectgarbage()
end

heavy["finalizers that resurrect"] = function()
	local saved
	local mt = {}
	mt.__gc = function(o) saved = setmetatable(o, mt) end
	setmetatable({}, mt)
	for _ = 1, 10 do collectgarbage() end
	return saved
end

return {endless = endless, failing = failing, heavy = heavy}
