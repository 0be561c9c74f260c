-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Writes a value for a person to read: a table with what is in it.
-- Tables are read raw: showing them runs none of their code, but for a `__tostring` of their own.
-- @module lunatik.show

local WIDTH <const> = 100 -- of a table on one line
local DEPTH <const> = 4 -- of tables inside tables
local FIELDS <const> = 500 -- in all
local TEXT <const> = 200 -- bytes of a string inside a table

local escapes = {["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\"}

local function escape(character)
	return escapes[character] or string.format("\\%03d", character:byte())
end

local function quote(text)
	local cut = #text > TEXT and "..." or ""
	return '"' .. text:sub(1, TEXT):gsub('[%c"\\]', escape) .. '"' .. cut
end

local function before(one, other)
	local kind, otherkind = type(one), type(other)
	if kind ~= otherkind then
		return kind < otherkind
	elseif kind == "number" or kind == "string" then
		return one < other
	end
	return tostring(one) < tostring(other)
end

local function keys(object)
	local list = {}
	local n = #object
	for key in next, object do
		if not (math.type(key) == "integer" and key >= 1 and key <= n) then
			list[#list + 1] = key
		end
	end
	table.sort(list, before)
	return list, n
end

local function plain(object)
	local meta = getmetatable(object)
	return type(meta) ~= "table" or not (rawget(meta, "__tostring") or rawget(meta, "__name") or rawget(meta, "__metatable"))
end

local show

local function name(key, state, depth)
	if type(key) == "string" and key:find("^[%a_][%w_]*$") then
		return key
	end
	return "[" .. show(key, state, depth) .. "]"
end

local function fields(object, state, depth)
	local list, n = keys(object)
	local texts = {}
	for i = 1, n + #list do
		if state.left == 0 then
			texts[i] = "..."
			break
		end
		state.left = state.left - 1
		local key = list[i - n]
		texts[i] = i <= n and show(rawget(object, i), state, depth) or
			name(key, state, depth) .. " = " .. show(rawget(object, key), state, depth)
	end
	return texts
end

local function join(texts, depth)
	local line = "{" .. table.concat(texts, ", ") .. "}"
	if #line <= WIDTH and not line:find("\n", 1, true) then
		return line
	end
	local indent = ("  "):rep(depth)
	return "{\n" .. indent .. "  " .. table.concat(texts, ",\n" .. indent .. "  ") .. "\n" .. indent .. "}"
end

function show(value, state, depth)
	if type(value) == "string" then
		return quote(value)
	elseif type(value) ~= "table" or state.open[value] or depth == DEPTH or not plain(value) then
		return tostring(value)
	end
	state.open[value] = true
	local text = join(fields(value, state, depth + 1), depth)
	state.open[value] = nil
	return text
end

--- @param value anything
-- @treturn string a string as it is, a table with its fields, anything else as tostring gives it
return function (value)
	if type(value) == "string" then
		return value
	end
	return show(value, {open = {}, left = FIELDS}, 0)
end
