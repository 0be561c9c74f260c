-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- The functions that the command `lunatik` calls in its session.
-- @module lunatik.command

local lunatik = require("lunatik")
local runner = require("lunatik.runner")

local command = {}

-- Names that completion offers at most.
local CANDIDATES <const> = 500

local KEYWORDS <const> = "and break do else elseif end false for function goto if in local nil not or repeat return then true until while"

--- Calls a function of the runner.
-- The error is raised again as an object: its text is for the user, who needs neither a traceback of the session nor the
-- place in the runner that raised it.
-- @tparam string name the function's
-- @param ... its arguments
-- @return what it returns first
function command.call(name, ...)
	local ok, value = pcall(runner[name], ...)
	if not ok then
		local text = tostring(value):gsub("^[^\n]-lunatik/runner%.lua:%d+: ", "")
		error(setmetatable({}, {__tostring = function() return text end}))
	end
	return value
end

local function add_children(lines, parent, indent)
	for _, child in ipairs(parent.children or {}) do
		lines[#lines + 1] = indent .. child.name .. " (child of " .. parent.name .. ")"
		add_children(lines, child, indent .. "  ")
	end
end

--- Names what runs: a line of scripts, and a line for each of their children.
-- @treturn string
function command.names()
	local lines = {runner.list()}
	for _, script in ipairs(lunatik.list()) do
		add_children(lines, script, "  ")
	end
	return table.concat(lines, "\n")
end

local function find_top(list, name, top)
	for _, item in ipairs(list or {}) do
		local found = top and item.name == name and top or find_top(item.children, name, top or item.name)
		if found then
			return found
		end
	end
end

--- Finds the script that a child ends with.
-- @tparam string script
-- @treturn string its name, or an empty string for one that is nobody's child
function command.parent(script)
	return find_top(lunatik.list(), runner.name(script)) or ""
end

-- Fields are read raw: completing runs none of the user's code.
local function fields(object)
	if type(object) == "table" then
		return object
	end
	local meta = getmetatable(object)
	local index = type(meta) == "table" and rawget(meta, "__index")
	return type(index) == "table" and index or {}
end

--- Completes a word: names joined by `.` or `:`.
-- @tparam string word
-- @treturn string what the word may become, a line each, in order
function command.complete(word)
	local head, last = word:match("^(.*[.:])([%w_]*)$")
	local value, found = _G, {}
	last = last or word
	local function offer(name)
		if #found < CANDIDATES and type(name) == "string" and name:find("^[%a_][%w_]*$") and name:sub(1, #last) == last then
			found[#found + 1] = (head or "") .. name
		end
	end
	for name in (head or ""):gmatch("[%w_]+") do
		value = rawget(fields(value), name)
	end
	for name in next, fields(value) do
		offer(name)
	end
	if not head then
		for name in KEYWORDS:gmatch("%a+") do
			offer(name)
		end
	end
	table.sort(found)
	return table.concat(found, "\n")
end

--- Classifies a text that was typed. It is compiled only.
-- @tparam string text
-- @treturn string "expression", "chunk", or "incomplete" for the beginning of a chunk
function command.classify(text)
	if load("return " .. text, "=stdin", "t") then
		return "expression"
	end
	local chunk, message = load(text, "=stdin", "t")
	return not chunk and message:find("<eof>", -5, true) and "incomplete" or "chunk"
end

return command
