-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- A program of `lunatik trace`, as the states of its probes and the command's session both have it.
-- The session makes all objects, and shares them by a table: the ring, and the maps that the clause BEGIN makes. The same
-- clause runs in each state, where it finds these maps in their order.
-- @module lunatik.tracing

local clauses = require("lunatik.clauses")

local tracing = {}

local HEADER <const> = "<i8i8s4s4"
local NONE <const> = -1

local ENTRIES <const> = 4096 -- keys of count()
local KEYED <const> = 128 -- histograms of hist()
local TEXT <const> = 64 -- bytes of such a key

-- Libraries that a program has without require, if it names them.
local LIBRARIES <const> = {"btf", "data", "linux", "probe", "syscall"}

local program = {}
program.__index = program

--- Packs a program for the states.
-- @tparam string source
-- @tparam string name
-- @tparam ?int pid of the process whose events count
-- @tparam ?int cpid of the command
-- @treturn string
function tracing.pack(source, name, pid, cpid)
	return string.pack(HEADER, pid or NONE, cpid or NONE, name, source)
end

local function names_in(list)
	local names = {}
	for _, clause in ipairs(list) do
		for name in pairs(clause.names) do
			names[name] = true
		end
	end
	return names
end

-- The functions that make maps: an object that is there already, or a new one.
local function makers(self)
	local map, made, makers = require("map"), 0, {}
	for _, kind in ipairs{"hash", "lru", "array", "histogram"} do
		makers[kind] = function (...)
			made = made + 1
			local key = "map" .. made
			local object = self.shared[key]
			if not object then
				if not self.owns then
					error("map." .. kind .. ": BEGIN makes maps, and always the same ones", 2)
				end
				object = map[kind](...)
				self.shared[key] = object
			end
			self.maps[#self.maps + 1] = {kind = kind, object = object}
			return object
		end
	end
	return setmetatable(makers, {__index = map})
end

-- count(key): one map for texts, one for numbers.
local function counter(map)
	local texts, numbers = map.hash(ENTRIES, {key = TEXT}), map.hash(ENTRIES)
	return function (key)
		if math.type(key) then
			numbers:add(key)
		else
			texts:add(#key <= TEXT and key or key:sub(1, TEXT))
		end
	end
end

-- hist(number [, key])
local function histogram(map)
	local one, keyed = map.histogram(), map.histogram{key = TEXT, entries = KEYED}
	return function (n, key)
		if key == nil then
			one:add(n)
		else
			key = tostring(key)
			keyed:add(#key <= TEXT and key or key:sub(1, TEXT), n)
		end
	end
end

local function environment(self)
	local names, ring = self.names, self.ring
	local env = {cpid = self.cpid}
	function env.print(...)
		ring:print(...)
	end
	function env.printf(format, ...)
		env.print((format:format(...):gsub("\n$", "")))
	end
	function env.exit()
		ring:emit(true)
	end
	for _, name in ipairs(LIBRARIES) do
		if names[name] then
			env[name] = require(name)
		end
	end
	if names.map or names.count or names.hist then
		env.map = makers(self)
		env.count = names.count and counter(env.map)
		env.hist = names.hist and histogram(env.map)
		for i, map in ipairs(self.maps) do
			map.name = i <= (names.count and 2 or 0) and "count" or "hist"
		end
	end
	return setmetatable(env, {__index = _G})
end

--- Opens a program.
-- @tparam rcu shared the table with `program`, as @{tracing.pack} made it, and `ring`
-- @tparam ?boolean owns whether BEGIN makes maps here, and finds them elsewhere
-- @treturn table `list` of clauses, `ring`, `pid`, `maps`, `environment`
function tracing.open(shared, owns)
	local self = setmetatable({shared = shared, owns = owns, ring = shared.ring, maps = {}}, program)
	local pid, cpid
	pid, cpid, self.name, self.source = string.unpack(HEADER, shared.program:getstring(0))
	self.pid = pid ~= NONE and pid or nil
	self.cpid = cpid ~= NONE and cpid or nil
	self.list = clauses.parse(self.source, self.name)
	self.names = names_in(self.list)
	self.environment = environment(self)
	return self
end

--- Compiles a clause.
-- @tparam int n
-- @treturn function
-- @raise NAME:LINE:COLUMN: message
function program:compile(n)
	local f, message = clauses.compile(self.list, n, self.environment)
	return f or error(self:message(message), 0)
end

--- Puts places of the program into a message.
-- @tparam string message
-- @treturn string
function program:message(message)
	return clauses.message(self.source, self.name, self.list, tostring(message))
end

--- Runs the clauses of a kind that have no event of the kernel.
-- @tparam string kind BEGIN or END
-- @tparam table event
-- @raise NAME:LINE:COLUMN: message
function program:run(kind, event)
	for n, clause in ipairs(self.list) do
		for _, probe in ipairs(clause.probes) do
			if probe.kind == kind then
				local ok, message = pcall(self:compile(n), event)
				if not ok then
					error(self:message(message), 0)
				end
			end
		end
	end
end

--- Runs BEGIN in a state: its text and exit() are those of the session.
function program:begin()
	local env = self.environment
	local print, exit = env.print, env.exit
	env.print, env.exit = function () end, function () end
	self:run("BEGIN", {})
	env.print, env.exit = print, exit
end

--- Names the variables that hold maps, but for those that begin with an underscore.
-- @treturn table list of {name, kind, object}, sorted by name
function program:results()
	local names = {}
	for name, value in next, self.environment do
		if type(value) == "userdata" and type(name) == "string" and name:sub(1, 1) ~= "_" then
			names[#names + 1] = name
		end
	end
	table.sort(names)
	local results = {}
	for _, map in ipairs(self.maps) do
		results[#results + 1] = map.name and map or nil
	end
	for _, name in ipairs(names) do
		for _, map in ipairs(self.maps) do
			if map.object == self.environment[name] then
				results[#results + 1] = {name = name, kind = map.kind, object = map.object}
			end
		end
	end
	return results
end

return tracing
