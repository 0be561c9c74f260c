-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- How deep C may nest below a script's body, as doc/admin/limits.md has it under "Nesting".
-- Each function recurses until the C stack is used up, and returns how deep it got.
local function depth(descend)
	local deepest = 0
	local function note(level)
		if level > deepest then
			deepest = level
		end
	end
	pcall(descend, 1, note)
	return deepest
end

-- One level of pcall is depth()'s own.
local function protected(level, note)
	note(level + 1)
	pcall(protected, level + 1, note)
end

local function substitution(level, note)
	note(level)
	string.gsub("x", "x", function()
		substitution(level + 1, note)
	end)
end

local function coroutines(level, note)
	note(level)
	coroutine.wrap(coroutines)(level + 1, note)
end

local function conversion(level, note)
	note(level)
	return tostring(setmetatable({}, {__tostring = function()
		return conversion(level + 1, note)
	end}))
end

local function sorting(level, note)
	note(level)
	table.sort({1, 2}, function()
		sorting(level + 1, note)
	end)
end

-- The compiler recurses as well: each level of a source text.
local function nesting(before, middle, after, first)
	local level = 1
	while level < 190 and load((first or "") .. before:rep(level) .. middle .. after:rep(level)) do
		level = level + 1
	end
	return level - 1
end

-- The measured depth, and the documented one: compilers and kernels differ by some levels.
local measured = {
	{"pcall", depth(protected), 13},
	{"string.gsub", depth(substitution), 16},
	{"coroutine", depth(coroutines), 14},
	{"__tostring", depth(conversion), 20},
	{"table.sort", depth(sorting), 18},
	{"functions in a text", nesting("function f() ", "", " end"), 17},
	{"calls in a text", nesting("f(", "", ")", "return "), 25},
	{"tables in a text", nesting("{", "", "}", "return "), 30},
	{"blocks in a text", nesting("do ", "", " end"), 45},
}
local shallow = {}
for _, m in ipairs(measured) do
	if m[2] < m[3] then
		shallow[#shallow + 1] = m[1] .. ": " .. m[2] .. " instead of " .. m[3]
	end
	print(m[1], m[2])
end
assert(#shallow == 0, table.concat(shallow, ", "))
