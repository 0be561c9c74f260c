-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- The base of generated scripts (tests/torture/generate): libraries, methods, objects, and a call that cannot fail.
-- @module tests.torture.prelude

local inspect = require("inspect")

local prelude = {}

--- Objects of this runtime, by slot: alive, closed, stopped, or of others.
prelude.objects = {}

--- Each step is printed before it is made.
prelude.trace = false

local nothing <const> = setmetatable({}, {__index = function() end})

--- Libraries by name. All are loaded in the body, as callbacks may not; one that cannot be loaded has nothing in it.
prelude.libraries = setmetatable({_G = _G}, {__index = function() return nothing end})

for _, name in ipairs{"coroutine", "debug", "math", "package", "string", "table", "utf8"} do
	prelude.libraries[name] = _G[name]
end
for _, name in ipairs(require("torture.names")) do
	local ok, library = pcall(require, name)
	if ok and type(library) == "table" then
		prelude.libraries[name] = library
	end
end

--- Methods by class and name, out of the registration tables. A class that this runtime does not know yet has none.
prelude.methods = setmetatable({}, {__index = function(methods, class)
	local found = inspect.classes()[class]
	if found then
		rawset(methods, class, found)
	end
	return found or nothing
end})

--- The table that all runtimes share.
prelude.shared = prelude.libraries.lunatik._ENV

local good, bad = {}, {}

-- A value of a type, by the name that messages give it; an object for a class.
local samples = {
	number = 1, integer = 1, string = "torture", table = {}, boolean = true, ["function"] = function(...) return ... end,
}

local function sample(type)
	if samples[type] ~= nil then
		return samples[type]
	end
	for _, object in pairs(prelude.objects) do
		if inspect.class(object) == type then
			return object
		end
	end
end

-- The arguments, with the one replaced that a message names. Nothing if it names none.
local function repaired(message, arguments)
	local number, type = tostring(message):match("bad argument #(%d+) to [^(]*%((%w+) expected")
	number = number and tonumber(number)
	if not number or number > 16 then
		return nil
	end
	local value = sample(type)
	if value == nil or arguments[number] == value then
		return nil
	end
	arguments[number] = value
	arguments.n = math.max(arguments.n, number)
	return arguments
end

--- Calls a function in protected mode. If it names an argument of a wrong type, it is called again with a right one.
-- So a function without a recipe gets further than its first check.
-- @tparam integer id the step's
-- @tparam string name for the statistics
-- @treturn the function's first result, or nothing
function prelude.try(id, name, f, ...)
	if prelude.trace then
		print("step", id, name)
	end
	if f == nil then
		return nil
	end
	local ok, result = pcall(f, ...)
	local arguments = not ok and table.pack(...)
	for _ = 1, 3 do
		if ok or not repaired(result, arguments) then
			break
		end
		ok, result = pcall(f, table.unpack(arguments, 1, arguments.n))
	end
	local count = ok and good or bad
	count[name] = (count[name] or 0) + 1
	return ok and result or nil
end

local function report(kind, counts)
	local line = {}
	for name, count in pairs(counts) do
		line[#line + 1] = name .. "=" .. count
		if #line == 16 then
			print("torture: " .. kind .. " " .. table.concat(line, " "))
			line = {}
		end
	end
	print("torture: " .. kind .. " " .. table.concat(line, " "))
end

-- When the state closes: callbacks have counted, too.
prelude.last = setmetatable({}, {__gc = function()
	report("good", good)
	report("bad", bad)
end})

return prelude
