-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Prints all functions and methods, from the registration tables of libraries and classes: lines
--
--	library NAME: FUNCTION...
--	class NAME: METHOD...
--	constants LIBRARY.TABLE: NAME...
--
-- Its libraries are those of tests/torture/names, one a line: the driver writes it from the modules and files that are installed.

local inspect = require("inspect")
local names = require("torture.names")

local LINE <const> = 800	-- a record of the kernel log holds less than 960 bytes

local function sorted(set)
	local list = {}
	for name in pairs(set) do
		list[#list + 1] = name
	end
	table.sort(list)
	return list
end

-- Prints a list in as many lines as it takes.
local function show(kind, name, list)
	local line = ""
	for _, word in ipairs(list) do
		if #line + #word > LINE then
			print(kind .. " " .. name .. ":" .. line)
			line = ""
		end
		line = line .. " " .. word
	end
	print(kind .. " " .. name .. ":" .. line)
end

local function is_word(key)
	return type(key) == "string" and key:find("^[%a_][%w_]*$")
end

local function show_library(name, library)
	local functions = {}
	for key, value in pairs(library) do
		if is_word(key) and type(value) == "function" then
			functions[key] = true
		elseif is_word(key) and type(value) == "table" and name ~= "_G" then
			local constants = {}
			for constant, number in pairs(value) do
				constants[constant] = is_word(constant) and math.type(number) == "integer" or nil
			end
			if next(constants) then
				show("constants", name .. "." .. key, sorted(constants))
			end
		end
	end
	show("library", name, sorted(functions))
end

for _, name in ipairs{"_G", "coroutine", "debug", "math", "package", "string", "table", "utf8"} do
	show_library(name, _G[name])
end
for _, name in ipairs(names) do
	local ok, library = pcall(require, name)
	if ok and type(library) == "table" then
		show_library(name, library)
	elseif not ok then
		print("missing " .. name .. ": " .. tostring(library):match("[^\n]*"))
	end
end
-- Some classes are known to a state only once it holds an object of them.
local lunatik = require("lunatik")
local rt <close> = lunatik.runtime("tests/torture/nothing", "softirq")
for class, methods in pairs(inspect.classes()) do
	show("class", class, sorted(methods))
end
