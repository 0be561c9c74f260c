-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- The clauses of `lunatik trace`: `kprobe:vfs_read { print(event.pid) }`.
-- The compiler reports lines, and a program on the command line has one. So each token of a clause gets a line of its own,
-- and @{clauses.place} turns such a line into the line and column of the program.
-- @module lunatik.clauses

local clauses = {}

-- Kinds of probes, and the number of parts that follow each.
local KINDS <const> = {
	BEGIN = 0, END = 0,
	kprobe = 1, kretprobe = 1, tracepoint = 1, rawtracepoint = 1,
	uprobe = 2, uretprobe = 2,
	interval = 2, profile = 2,
}

local SHORT <const> = {k = "kprobe", kr = "kretprobe", t = "tracepoint", rt = "rawtracepoint", u = "uprobe", ur = "uretprobe",
	i = "interval", p = "profile"}

local MILLISECONDS <const> = {ms = 1, s = 1000}

local function place_of(source, at)
	local line, from = 1, 1
	for newline in source:gmatch("()\n") do
		if newline >= at then
			break
		end
		line, from = line + 1, newline + 1
	end
	return line, at - from + 1
end

local function fail(source, name, at, ...)
	error(string.format("%s:%d:%d: ", name, place_of(source, at)) .. string.format(...), 0)
end

-- The end of a long bracket that begins at `at`, or nil; false if it has no end.
local function long_bracket(source, at)
	local level = source:match("^%[(=*)%[", at)
	if not level then
		return nil
	end
	local _, last = source:find("]" .. level .. "]", at, true)
	return last or false
end

-- The end of a string in quotes, or false.
local function quoted(source, at)
	local quote = source:sub(at, at)
	local position = at + 1
	while true do
		local found = source:find("[\\\n" .. quote .. "]", position)
		local what = found and source:sub(found, found)
		if what == quote then
			return found
		elseif what ~= "\\" then
			return false
		end
		-- A backslash and a line end go on; \z skips spaces, line ends among them.
		local spaces = source:match("^z%s*()", found + 1)
		position = spaces or found + 2
	end
end

local OPERATORS <const> = {"...", "<<", ">>", "//", "==", "~=", "<=", ">=", "::", ".."}

local function operator(source, at)
	for _, text in ipairs(OPERATORS) do
		if source:sub(at, at + #text - 1) == text then
			return at + #text - 1
		end
	end
	return at
end

--- Finds a token of Lua.
-- @tparam string source
-- @tparam int at where to look
-- @treturn ?int where it begins, nil at the end
-- @treturn ?int where it ends; false for a text without an end
-- @treturn ?string "name", "number", "string" or "other"
function clauses.token(source, at)
	while true do
		at = source:match("^%s*()", at)
		if source:sub(at, at + 1) ~= "--" then
			break
		end
		local last = long_bracket(source, at + 2)
		if last == false then
			return at, false
		end
		at = (last or (source:find("\n", at, true) or #source + 1) - 1) + 1
	end
	if at > #source then
		return nil
	end
	local character = source:sub(at, at)
	if character:find("[%a_]") then
		return at, select(2, source:find("^[%w_]+", at)), "name"
	elseif character:find("%d") then
		return at, select(2, source:find("^[%w_.]+", at)), "number"
	elseif character == '"' or character == "'" then
		return at, quoted(source, at), "string"
	elseif character == "[" then
		local last = long_bracket(source, at)
		if last ~= nil then
			return at, last, "string"
		end
	end
	return at, operator(source, at), "other"
end

-- Read a block behind its brace: the text with a token a line, and where each of these lines comes from.
local function block(source, name, opening)
	local lines, places, names, depth, at = {}, {}, {}, 1, opening + 1
	while true do
		local first, last, kind = clauses.token(source, at)
		if not first then
			fail(source, name, opening, "this '{' has no '}'")
		elseif not last then
			fail(source, name, first, "this text or comment has no end")
		end
		local text = source:sub(first, last)
		depth = depth + (text == "{" and 1 or text == "}" and -1 or 0)
		if depth == 0 then
			places[#places + 1] = first
			return table.concat(lines, "\n") .. "\n", places, last + 1, names
		end
		lines[#lines + 1] = text
		places[#places + 1] = first
		for _ in text:gmatch("\n") do
			places[#places + 1] = first
		end
		if kind == "name" then
			names[text] = true
		end
		at = last + 1
	end
end

local function rate(source, name, at, unit, count)
	local n = math.tointeger(tonumber(count))
	if not n or n < 1 then
		fail(source, name, at, "'%s' is not a number above 0", count)
	end
	return n, unit
end

-- Check a probe such as `interval:s:5`, and turn it into a table.
local function probe_of(source, name, text, at)
	local word, rest = text:match("^([^:]*):?(.*)$")
	local kind = SHORT[word] or word
	local parts = KINDS[kind]
	if not parts then
		fail(source, name, at, "'%s' is not a kind of probe: BEGIN, END, kprobe, kretprobe, tracepoint, uprobe, uretprobe, interval or profile expected",
			word)
	elseif (parts == 0) ~= (rest == "") then
		fail(source, name, at, parts == 0 and "%s takes nothing behind it" or "%s needs a name, as in kprobe:vfs_read", kind)
	end
	local probe = {kind = kind, target = rest, text = text}
	if kind == "uprobe" or kind == "uretprobe" then
		probe.path, probe.target = rest:match("^(.+):([^:]+)$")
		if not probe.path then
			fail(source, name, at, "%s needs a path and a function, as in %s:/bin/bash:readline", kind, kind)
		end
	elseif kind == "interval" then
		local unit, count = rest:match("^(%a+):(.*)$")
		if not MILLISECONDS[unit or ""] then
			fail(source, name, at, "interval needs a unit and a number, as in interval:s:1 or interval:ms:100")
		end
		probe.every = rate(source, name, at, unit, count) * MILLISECONDS[unit]
	elseif kind == "profile" then
		local unit, count = rest:match("^(%a+):(.*)$")
		if unit ~= "hz" then
			fail(source, name, at, "profile needs a frequency, as in profile:hz:99")
		end
		probe.hertz = rate(source, name, at, unit, count)
	end
	return probe
end

-- Read `kprobe:a, kprobe:b` up to the brace.
local function probes(source, name, at)
	local list = {}
	while true do
		local first, text, after = source:match("^%s*()([^%s{},]+)()", at)
		if not first then
			fail(source, name, source:match("^%s*()", at), "a probe such as kprobe:vfs_read expected")
		end
		list[#list + 1] = probe_of(source, name, text, first)
		local separator, position = source:match("^%s*([{,]?)()", after)
		if separator == "{" then
			return list, position - 1
		elseif separator ~= "," then
			fail(source, name, after, "'{' expected, and then what to do")
		end
		at = position
	end
end

-- Skip spaces and comments between clauses.
local function skip(source, at)
	local first = clauses.token(source, at)
	-- A first line for the shell: #!
	if first == 1 and source:sub(1, 2) == "#!" then
		return skip(source, source:find("\n", 1, true) or #source + 1)
	end
	return first
end

--- Reads a program.
-- @tparam string source
-- @tparam string name of the program, for messages
-- @treturn table list of clauses, each with `probes`, a list of tables, `text`, the body with a token a line, `places` of these
-- lines in the program, and `names`, the set of names in the body
-- @raise "NAME:LINE:COLUMN: message"
function clauses.parse(source, name)
	local list, at = {}, skip(source, 1)
	while at do
		local clause = {}
		clause.probes, at = probes(source, name, at)
		clause.text, clause.places, at, clause.names = block(source, name, at)
		list[#list + 1] = clause
		at = skip(source, at)
	end
	if #list == 0 then
		error(name .. ": there is no clause, such as kprobe:vfs_read { print(event.pid) }", 0)
	end
	return list
end

--- Turns a line of a clause's text, as the compiler or an error has it, into the place in the program.
-- @tparam string source
-- @tparam string name of the program
-- @tparam table clause
-- @tparam int line
-- @treturn string NAME:LINE:COLUMN
function clauses.place(source, name, clause, line)
	local at = clause.places[math.max(1, math.min(line, #clause.places))] or 1
	return string.format("%s:%d:%d", name, place_of(source, at))
end

--- Replaces the lines of a clause's text in a message, which is about one clause, by places in the program.
-- @tparam string source
-- @tparam string name of the program
-- @tparam table list of clauses
-- @tparam string message
-- @treturn string
function clauses.message(source, name, list, message)
	local clause = list[tonumber(message:match("%f[%w]clause(%d+):%d") or 0)]
	if not clause then
		return message
	end
	local function place(line)
		return clauses.place(source, name, clause, tonumber(line))
	end
	message = message:gsub("%f[%w]clause%d+:(%d+)", place)
	message = message:gsub(" at line (%d+)", function (line)
		return " at " .. place(line):match("%d+:%d+$")
	end)
	return (message:gsub("near <eof>$", "before the '}'"))
end

--- Compiles a clause.
-- @tparam table list of clauses
-- @tparam int n which
-- @tparam table environment
-- @treturn ?function of an event, the value that the entry of the same call returned, and the arguments by name
-- @treturn ?string the message, with lines of the text
function clauses.compile(list, n, environment)
	return load("local event, value, args = ... " .. list[n].text, "=clause" .. n, "t", environment)
end

return clauses
