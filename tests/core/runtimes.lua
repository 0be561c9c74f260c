-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Runtimes as scripts make them: creation, resume, stop, children, limits.

local lunatik = require("lunatik")
local data = require("data")
local linux = require("linux")
local rcu = require("rcu")
local socket = require("socket")
local thread = require("thread")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local child <const> = "tests/core/child"

local function count()
	lunatik.flush()
	return lunatik.status().runtimes
end

local function entry(name)
	for _, item in ipairs(lunatik.list(true)) do
		if item.name == name then
			return item
		end
	end
end

-- A runtime of a script of this group, stopped when it goes out of scope.
local function new(script, ...)
	return lunatik.runtime("tests/core/" .. script, ...)
end

test("contexts", function()
	for _, context in ipairs{"process", "softirq", "hardirq"} do
		local rt <close> = new("child", context)
		equal(entry(child).context, context)
		equal(type(rt), "userdata")
	end
	local a = new("child", true)
	equal(entry(child).context, "process")
	a:stop()
	a = new("child", false)
	equal(entry(child).context, "softirq")
	a:stop()
	a = new("child", nil)
	equal(entry(child).context, "process")
	a:stop()
	for _, wrong in ipairs{"atomic", "", "Process", 1, print} do
		raises("bad argument #2", new, "child", wrong)
	end
end)

test("limits", function()
	local rt <close> = new("child", {context = "softirq", memory = 1 << 20, budget = 5000})
	local item = entry(child)
	equal(item.limit, 1 << 20)
	equal(item.budget, 5000)
	assert(item.memory > 0 and item.memory < 1 << 20, item.memory)
end)

test("default limits", function()
	local process = new("child")
	equal(entry(child).limit, math.min(64 << 20, lunatik.status().memory_limit // 4))
	process:stop()
	local softirq = new("child", "softirq")
	equal(entry(child).limit, 4 << 20)
	equal(entry(child).budget, 100000)
	softirq:stop()
end)

test("limits that are none", function()
	for _, wrong in ipairs{{memory = 1}, {memory = -1}, {memory = 1 << 40}, {memory = "x"}, {budget = 0},
		{budget = -5}, {budget = 1 << 40}, {budget = {}}, {context = "x"}, {context = {}}} do
		equal(pcall(new, "child", wrong), false)
	end
	raises("bad field 'memory'", new, "child", {memory = "1"})
	raises("bad field 'budget'", new, "child", {budget = {}})
end)

test("the memory limit is kept", function()
	local before = count()
	raises("not enough memory", new, "glutton", {memory = 1 << 20})
	raises("not enough memory", new, "glutton", {context = "softirq", memory = 1 << 20})
	equal(count(), before)
end)

test("a script that fails", function()
	local before = count()
	local message = raises("core/failing.lua:5: on purpose", new, "failing")
	equal(message:sub(-1), "e")
	raises("core/syntax.lua:3:", new, "syntax")
	raises("cannot open /lib/modules/lua/tests/core/nowhere.lua", new, "nowhere")
	equal(count(), before)
end)

test("names that are none", function()
	for _, name in ipairs{"", "/etc/passwd", "../x", "a/../b", "a//b", "a\0b", "a b", "a/", ("x"):rep(1000), "x%s%n"} do
		raises("invalid script name: a path below /etc/lunatik or /lib/modules/lua", lunatik.runtime, name)
	end
	raises("bad argument #1", lunatik.runtime)
	raises("bad argument #1", lunatik.runtime, {})
end)

test("stop, and no second one", function()
	local rt = new("child")
	equal(select("#", rt:stop()), 0)
	raises("null-pointer dereference", rt.stop, rt)
	raises("null-pointer dereference", rt.resume, rt)
	equal(entry(child), nil)
end)

test("close variables", function()
	do
		local _ <close> = new("child")
		assert(entry(child))
	end
	equal(entry(child), nil)
	pcall(function()
		local _ <close> = new("child")
		error("out of here")
	end)
	equal(entry(child), nil)
end)

-- The second one owns a device, whose hook must not keep it.
for _, script in ipairs{"child", "talkative"} do
	test("D-CORE-5: a handle that is collected stops its runtime: " .. script, function()
		do
			new(script)
		end
		assert(entry("tests/core/" .. script))
		collectgarbage()
		collectgarbage()
		for _ = 1, 100 do
			lunatik.flush()
			if not entry("tests/core/" .. script) then
				break
			end
		end
		equal(entry("tests/core/" .. script), nil)
	end)
end

test("the same script may run many times", function()
	local list = {}
	for i = 1, 20 do list[i] = new("child") end
	local n = 0
	for _, item in ipairs(lunatik.list(true)) do
		n = n + (item.name == child and 1 or 0)
	end
	equal(n, 20)
	for _, rt in ipairs(list) do rt:stop() end
	equal(entry(child), nil)
end)

test("children stop with their parent", function()
	local rt = new("parent")
	assert(entry("tests/core/parent") and entry(child))
	rt:stop()
	equal(entry("tests/core/parent"), nil)
	equal(entry(child), nil)
end)

-- ---- resume

test("two stages", function()
	local rt <close> = new("resumed")
	local d, t = data.new(16), rcu.table()
	equal(select("#", rt:resume(d, t)), 0) -- the function becomes the next body
	equal(d:getstring(0, 5), "first")
	local back = rt:resume()
	equal(back:getstring(0, 6), "second")
	assert(t.object)
end)

test("objects go there and back through yields", function()
	local rt <close> = new("yielding")
	local d = data.new(8)
	for i = 1, 5 do
		d:setbyte(0, i)
		local e = rt:resume(d)
		equal(e:getbyte(0), i + 1)
		equal(d:getbyte(0), i + 1)
	end
end)

test("D-CORE-42: a script cannot come between objects and their classes", function()
	local rt <close> = new("bare")
	local d = data.new(8)
	for i = 1, 3 do
		equal(rt:resume(d):getbyte(0), i)
	end
end)

test("only objects cross", function()
	local rt <close> = new("yielding")
	for _, value in ipairs{1, "x", true, {}, print, coroutine.create(print)} do
		raises("invalid object", rt.resume, rt, value)
		raises("invalid object: only objects go to another runtime", rt.resume, rt, data.new(1), value)
	end
	raises("invalid object", rt.resume, rt, nil)
	local d = data.new(8)
	equal(rt:resume(d):getbyte(0), 1)
end)

test("only objects come back", function()
	local rt <close> = new("returning")
	raises("invalid object", rt.resume, rt)
end)

test("a failing body is dead", function()
	local rt <close> = new("dying")
	local message = raises("core/dying.lua:4: in the body", rt.resume, rt)
	equal(message:sub(-1), "y")
	raises("cannot resume dead coroutine", rt.resume, rt)
	raises("cannot resume dead coroutine", rt.resume, rt)
end)

test("a body that returned is dead", function()
	local rt <close> = new("returned")
	equal(select("#", rt:resume()), 0)
	raises("cannot resume dead coroutine", rt.resume, rt)
end)

test("a script that returned nothing", function()
	local rt <close> = new("child")
	raises("cannot resume dead coroutine", rt.resume, rt)
end)

test("a runtime that does not sleep is resumed", function()
	local rt <close> = new("yielding", "softirq")
	local d = data.new(8)
	equal(rt:resume(d):getbyte(0), 1)
	local h <close> = new("yielding", "hardirq")
	equal(h:resume(d):getbyte(0), 2)
end)

test("D-CORE-44: a resumed function registers hooks, where the caller may sleep", function()
	local d, s = data.new(8), socket.new(socket.af.INET, socket.sock.DGRAM, 0)
	local function seen(at)
		local before = d:getbyte(at)
		s:send("x", 127 << 24 | 1, 9)
		return d:getbyte(at) ~= before
	end
	do
		local rt <close> = new("registering", "softirq")
		rt:resume(d)
		equal(d:getbyte(0), 2)
		equal(seen(1), true, "the first hook is armed")
		equal(seen(2), true, "the second hook is armed")
		assert(entry("tests/core/registering").hooks >= 2)
		equal(rt:resume(), nil, "with hooks, it is resumed as a callback")
		equal(d:getbyte(0), 77)
		equal(seen(1), true, "the first hook still is armed")
	end
	equal(seen(1), false, "stopped")
	local h <close> = new("probing", "hardirq")
	h:resume(d)
	equal(d:getbyte(0), 1)
	equal(entry("tests/core/probing").hooks, 1)
	s:close()
end)

test("a class that sleeps does not go where nothing sleeps", function()
	local rt <close> = new("yielding", "softirq")
	equal(pcall(rt.resume, rt, rt), false)
	local other <close> = new("child")
	raises("", rt.resume, rt, other)
end)

test("a runtime resumes itself, or its caller", function()
	local rt <close> = new("circular")
	local d = data.new(1)
	raises("runtime is busy", rt.resume, rt, rt)
	equal(d:getbyte(0), 0)
end)

-- The objects that resume itself makes may run finalizers, which may close the very handles that it was given.
test("D-CORE-39: a finalizer stops the runtime that is being resumed", function()
	local rt <const> = new("yielding")
	local done
	local ok, message = cases.finalizing(function()
		rt:stop()
		lunatik.flush()
		done = true
	end, rt.resume, rt, data.new(8))
	equal(done, true)
	equal(ok, false)
	assert(message:find("null-pointer dereference", 1, true), message)
end)

test("D-CORE-39: a finalizer stops the runtime that is being passed", function()
	local rt <close> = new("yielding")
	local other = new("child")
	local done
	local ok, message = cases.finalizing(function()
		other:stop()
		lunatik.flush()
		done = true
	end, rt.resume, rt, other)
	equal(done, true)
	equal(ok, false)
	assert(message:find("invalid object", 1, true), message)
end)

test("a busy runtime", function()
	local rt <close> = new("busy")
	local t = thread.run(rt, "busy")
	-- A resume before the thread has begun would run the thread's function right here.
	linux.schedule(300)
	raises("runtime is busy", rt.resume, rt)
	t:stop()
end)

test("methods take their own class only", function()
	local rt <close> = new("child")
	local d = data.new(1)
	raises("bad argument #1", rt.stop, d)
	raises("bad argument #1", rt.resume, d)
	raises("bad argument #1", rt.stop, io)
	raises("bad argument #1", rt.resume, {})
	equal(type(getmetatable(rt)) == "table" and getmetatable(rt).stop, false)
end)

-- ---- the registry

test("names are taken once", function()
	local rt = lunatik.start("tests/core/registered", child)
	raises("tests/core/registered is already running", lunatik.start, "tests/core/registered", child)
	assert(lunatik.runner.list():find("tests/core/registered", 1, true))
	equal(lunatik.stop("tests/core/registered"), true)
	equal(lunatik.stop("tests/core/registered"), nil)
	equal(lunatik.stop("nobody/has/this/name"), nil)
	raises("object expected", rt.stop, nil)
end)

test("a name is free again after a failure", function()
	raises("on purpose", lunatik.start, "tests/core/registered", "tests/core/failing")
	raises("on purpose", lunatik.start, "tests/core/registered", "tests/core/failing")
	equal(lunatik.stop("tests/core/registered"), nil)
end)

test("the runner", function()
	local runner = lunatik.runner
	for script, name in pairs{["evaluate.lua"] = "evaluate", ["dir.lua/x.lua"] = "dir.lua/x", evaluate = "evaluate",
		["dir.lua/x"] = "dir.lua/x", ["x.lua.lua"] = "x.lua", xlua = "xlua"} do
		equal(runner.name(script), name, "D-CLI-8")
	end
	raises("tests/core/child is already running", function()
		runner.run(child)
		runner.run("tests/core/child.lua")
	end)
	equal(runner.stop(child .. ".lua"), true)
	equal(runner.stop(child), nil)
	raises("", runner.run, "../x")
	raises("", runner.run, 5)
end)

test("a runtime stops itself", function()
	lunatik.start("tests/core/suicide", "tests/core/suicide")
	for _ = 1, 1000 do
		if not entry("tests/core/suicide") then
			break
		end
		linux.schedule(10)
	end
	equal(entry("tests/core/suicide"), nil)
end)

test("a thread stops its own runtime", function()
	lunatik.runner.spawn("tests/core/threadsuicide")
	for _ = 1, 500 do
		if not entry("tests/core/threadsuicide") then
			break
		end
		linux.schedule(10)
	end
	equal(entry("tests/core/threadsuicide"), nil)
end)

test("what is left", function()
	local status = lunatik.status()
	equal(type(status.version), "string")
	assert(status.memory > 0 and status.memory < status.memory_limit)
end)

test("too many runtimes", function()
	local before = count()
	local list, message = {}
	for i = 1, 2000 do
		local ok, rt = pcall(new, "child", {memory = 1 << 18})
		if not ok then
			message = rt
			break
		end
		list[i] = rt
	end
	local n = #list
	for _, rt in ipairs(list) do rt:stop() end
	assert(n > 100, n)
	assert(message, "there is no limit")
	assert(message:find("too m", 1, true) or message:find("not enough memory", 1, true), n .. ": " .. message)
	list = nil
	equal(count(), before)
end)

test("an argument of the body", function()
	local memory = data.new(8)
	for i, options in ipairs{{}, {context = "softirq"}, {context = "hardirq"}, {context = "softirq", percpu = true}} do
		options.argument = memory
		memory:setint32(0, 0)
		local rt <close> = new("argument", options)
		equal(memory:getint32(0) >= 1, true, i)
		equal(options.percpu or memory:getint32(0) == 1, true)
	end
	raises("an object, please", new, "argument", {argument = nil})
	raises("bad field 'argument' (object that runtimes can share expected, got string)", new, "argument", {argument = "x"})
	raises("bad field 'argument'", new, "argument", {argument = 1})
	local gone = socket.new(socket.af.INET, socket.sock.DGRAM, 0)
	raises("cannot use 'socket' class on non-sleepable runtime", new, "argument", {argument = gone, context = "softirq"})
	gone:close()
	raises("bad field 'argument'", new, "argument", {argument = gone})
end)

cases.finish()
