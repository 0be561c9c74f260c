-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Writes a value as JSON, for programs.
-- @module lunatik.json

local DEPTH <const> = 16 -- of tables inside tables

local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t"}

local function escape(character)
	return escapes[character] or string.format("\\u%04x", character:byte())
end

-- Names are bytes to the kernel; JSON is UTF-8.
local function quote(text)
	if not utf8.len(text) then
		text = "(not UTF-8)"
	end
	return '"' .. text:gsub('[%c"\\]', escape) .. '"'
end

local encode

local function array(list, depth)
	local parts = {}
	for i, item in ipairs(list) do
		parts[i] = encode(item, depth)
	end
	return "[" .. table.concat(parts, ",") .. "]"
end

local function object(fields, depth)
	local parts = {}
	for key, item in pairs(fields) do
		parts[#parts + 1] = quote(tostring(key)) .. ":" .. encode(item, depth)
	end
	table.sort(parts)
	return "{" .. table.concat(parts, ",") .. "}"
end

function encode(value, depth)
	local kind = type(value)
	if kind == "table" then
		if depth == 0 then
			error("tables are nested deeper than " .. DEPTH .. " levels", 0)
		end
		local islist = #value > 0 or next(value) == nil
		return (islist and array or object)(value, depth - 1)
	elseif kind == "number" or kind == "boolean" then
		return tostring(value)
	elseif kind == "nil" then
		return "null"
	end
	return quote(tostring(value))
end

--- Encodes a value.
-- A table with elements, or without anything, is an array of its elements; any other table is an object whose keys are text.
-- A value that JSON lacks is written as the text that tostring gives.
-- @function json
-- @param value
-- @treturn string
-- @raise when tables are nested too deep, as those are that hold themselves
return function(value)
	return encode(value, DEPTH)
end
