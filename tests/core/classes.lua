-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Calls every method of every class with objects of other classes and with other values. The registration tables list
-- the methods. None may take a foreign object for its own, or void it.

local lunatik = require("lunatik")
local inspect = require("inspect")
local rcu = require("rcu")

local function nop() end

-- How to make an object of each class; a kind of runtime can make some of them.
local makers = {
	completion = function(completion) return completion.new() end,
	data = function(data) return data.new(8) end,
	device = function(device) return device.new{name = "core_classes"} end,
	fifo = function(fifo) return fifo.new(64) end,
	netfilter = function(netfilter)
		return netfilter.register{pf = netfilter.family.INET, hooknum = 0, priority = 0, hook = nop}
	end,
	notifier = function(notifier) return notifier.netdevice(nop) end,
	probe = function(probe) return probe.new("kernel_restart", {pre = nop}) end,
	rcu = function() return rcu.table() end,
	runtime = function() return lunatik.runtime("tests/core/child") end,
	socket = function(socket) return socket.new(socket.af.INET, socket.sock.DGRAM, 0) end,
	thread = function(thread) return thread.current() end,
	xtable = function(xtable)
		return xtable.match{name = "core_classes", revision = 0, family = xtable.family.UNSPEC, proto = 0, hooks = 0,
			match = nop, checkentry = nop, destroy = nop}
	end,
}

local objects, closed = {}, {}

local function make(class)
	local ok, object = pcall(require, class == "runtime" and "lunatik" or class)
	if ok then
		ok, object = pcall(makers[class], object)
	end
	return ok and object or nil
end

for class in pairs(makers) do
	objects[class] = make(class)
end

for _, class in ipairs{"fifo", "socket", "runtime"} do
	closed[class] = make(class)
	if closed[class] then
		closed[class][class == "runtime" and "stop" or "close"](closed[class])
	end
end

-- Whether the handle still has its object: a table of rcu takes no other.
local shelf = rcu.table()
local function isalive(object)
	local ok, message = pcall(function() shelf.x = object end)
	return ok or not tostring(message):find("null-pointer", 1, true)
end

local others = {"a string", 1, {}, print, true, inspect.userdata(), coroutine.create(print)}

-- Further arguments, so that whatever is looked at before the object is fine.
local arguments = {{}, {1}, {"x"}, {"x", 1}, {1, 1}, {1, "x"}, {true}, {print}, {"x", objects.data}}

-- Lua itself calls these for any value: neither raises, and none has an effect.
local quiet = {__gc = true, __eq = true}

local faults = 0
local function fault(format, ...)
	faults = faults + 1
	if faults < 20 then
		print("# " .. format:format(...))
	end
end

local function refuses(class, name, method, what, value)
	for _, more in ipairs(arguments) do
		local ok, result = pcall(method, value, table.unpack(more))
		if ok and not quiet[name] then
			fault("%s.%s takes %s and gives %s", class, name, what, tostring(result))
		end
	end
end

local function try(class, name, method)
	for other, object in pairs(objects) do
		if other ~= class then
			refuses(class, name, method, "an object of class " .. other, object)
			if not isalive(object) then
				fault("%s.%s voids an object of class %s", class, name, other)
				objects[other] = nil
			end
		end
	end
	for _, value in ipairs(others) do
		refuses(class, name, method, "a " .. type(value), value)
	end
	refuses(class, name, method, "nil", nil)
	if closed[class] then
		refuses(class, name, method, "a closed one", closed[class])
	end
end

local nclasses, nmethods = 0, 0
for class, methods in pairs(inspect.classes()) do
	nclasses = nclasses + 1
	for name, method in pairs(methods) do
		nmethods = nmethods + 1
		try(class, name, method)
	end
end

local made = 0
for _, object in pairs(objects) do
	made = made + (isalive(object) and 1 or 0)
end
print(("classes: %d, methods: %d, objects: %d, faults: %d"):format(nclasses, nmethods, made, faults))
for _, class in ipairs{"device", "notifier", "probe", "netfilter", "xtable"} do
	if objects[class] then
		objects[class]:stop()
	end
end
