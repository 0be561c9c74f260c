-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- The runtime in which the probes of `lunatik trace` run: a state for each CPU.
-- @script lunatik.traced

local probe = require("probe")
local tracing = require("lunatik.tracing")

local shared = assert(..., "lunatik trace runs this script")
local program = tracing.open(shared)
local list, ring, pid = program.list, program.ring, program.pid

local PATTERN <const> = "[*?%[]"

-- The arguments of a function by name, as its prototype has them: args.filename is event:arg(1).
local function arguments(n, request)
	if request.kind ~= "kprobe" or not list[n].names.args then
		return nil
	end
	local module, name = request.target:match("^(.*):(.*)$")
	name = name or request.target
	local numbers, current = {}, nil
	for i, argument in ipairs(require("btf").args(name, module)) do
		numbers[argument] = i - 1
	end
	local function index(_, key)
		return current:arg(numbers[key] or error(name .. " has no argument '" .. tostring(key) .. "'", 2))
	end
	return setmetatable({}, {__index = index}), function (event)
		current = event
	end
end

-- A handler's error goes to the command, once for each event.
local function handler(n, request)
	local run = program:compile(n)
	local args, set = arguments(n, request)
	local function body(event, value)
		if set then
			set(event)
		end
		local ok, result = pcall(run, event, value, args)
		if ok then
			return result
		end
		ring:emit(n, tostring(result))
	end
	if not pid then
		return body
	end
	return function (event, value)
		if event.pid == pid then
			return body(event, value)
		end
	end
end

local place = {}

function place.kprobe(target, f)
	if target:find("+", 1, true) then
		probe.new(target, {pre = function (_, _, _, event) f(event) end})
	else
		probe.entry(target, f)
	end
end

-- With the time since the entry.
function place.kretprobe(target, f)
	probe.call(target, {exit = f})
end

function place.tracepoint(target, f)
	probe.tracepoint(target, f)
end

place.rawtracepoint = place.tracepoint

local function needs(name)
	return probe[name] or error("this version of Lunatik has no probe." .. name, 0)
end

function place.uprobe(target, f, request)
	needs("user")(request.path, math.tointeger(tonumber(target)) or target, f)
end

function place.uretprobe(target, f, request)
	needs("userexit")(request.path, math.tointeger(tonumber(target)) or target, f)
end

function place.profile(_, f, request)
	needs("profile")(request.hertz, f)
end

-- The functions that a probe is for: those of a pattern, or one.
local function targets(request)
	if (request.kind ~= "kprobe" and request.kind ~= "kretprobe") or not request.target:find(PATTERN) then
		return {request.target}
	end
	local names = probe.symbols(request.target)
	return #names > 0 and names or error("no function matches", 0)
end

local function register(request, f)
	for _, target in ipairs(targets(request)) do
		place[request.kind](target, f, request)
	end
end

-- Both ends of one function belong together: the exit gets the result of the entry.
local entries, exits, requests = {}, {}, {}

for n, clause in ipairs(list) do
	for _, request in ipairs(clause.probes) do
		if place[request.kind] then
			requests[#requests + 1] = request
			request.handler = handler(n, request)
			local ends = request.kind == "kprobe" and entries or request.kind == "kretprobe" and exits or {}
			ends[request.target] = ends[request.target] or request
		end
	end
end

-- Return: the other end, if the request is the first one for its end of a function
local function other_end(request)
	local entry, exit = entries[request.target], exits[request.target]
	if entry and exit and not request.target:find(PATTERN) then
		return request == entry and exit or request == exit and entry or nil
	end
end

local function place_request(request)
	local other = other_end(request)
	if not other then
		register(request, request.handler)
	elseif request.kind == "kprobe" then
		probe.call(request.target, {entry = request.handler, exit = other.handler})
	end
end

program:begin()

for _, request in ipairs(requests) do
	local ok, message = pcall(place_request, request)
	if not ok then
		error(request.text .. ": " .. tostring(message):gsub("^[^ ]*%.lua:%d+: ", ""), 0)
	end
end
