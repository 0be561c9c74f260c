-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- The part of `lunatik trace` in the command's session: it starts the probes, runs what has no event of the kernel, and
-- collects the text. The command calls @{trace.start}, @{trace.poll} again and again, @{trace.finish}, and @{trace.poll} until
-- there is no more.
-- @module lunatik.trace

local data = require("data")
local linux = require("linux")
local lunatik = require("lunatik")
local rcu = require("rcu")
local ring = require("ring")
local tracing = require("lunatik.tracing")

local trace = {}

local SCRIPT <const> = "lunatik/traced"
local OBJECTS <const> = 64 -- maps and all else that is shared
local RING <const> = {1 << 19, 1 << 18, 1 << 17, 1 << 16, 1 << 14, 1 << 12} -- bytes for each CPU, as memory allows
local ANSWER <const> = 1 << 18 -- bytes of text at once
local NANOSECONDS <const> = 1000000 -- in a millisecond
local ERRORS <const> = 5 -- that are printed for a clause

local program, runtime
local intervals = {}
local waiting, first, last = {}, 1, 0 -- texts for the next answers: the ones between first and last
local sent, size = {}, 0 -- texts of the last answer, and their bytes
local warnings = "" -- of the last answer, a line each
local errors = {}
local over, ended = false, false

-- The text is for a user, who needs no traceback of this file.
local function fail(message)
	local text = tostring(message)
	error(setmetatable({}, {__tostring = function () return text end}), 0)
end

local function protect(f, ...)
	local results = table.pack(pcall(f, ...))
	if not results[1] then
		fail(results[2])
	end
	return table.unpack(results, 2, results.n)
end

local function new_ring()
	local made, result
	for _, bytes in ipairs(RING) do
		made, result = pcall(ring.new, {size = bytes})
		if made then
			return result
		end
	end
	error(result, 0)
end

local function put(text)
	last = last + 1
	waiting[last] = text
end

local function write(...)
	local texts = table.pack(...)
	for i = 1, texts.n do
		texts[i] = tostring(texts[i])
	end
	put(table.concat(texts, "\t") .. "\n")
end

local function warn(...)
	warnings = warnings .. "lunatik: " .. string.format(...):gsub("\0", "\\0") .. "\n"
end

-- An error of a clause: the first ones are printed, the others counted.
local function note(n, message)
	errors[n] = (errors[n] or 0) + 1
	if errors[n] <= ERRORS then
		warn("%s", program:message(message))
	end
end

-- A record of a state: exit(), an error of a clause, or text.
local function take(what, message)
	if what == true then
		over = true
	elseif math.type(what) then
		note(what, message)
	else
		put(what .. "\n")
	end
end

-- Take records, but not many more than an answer holds. Returns whether more may be waiting.
local function drain()
	local bytes = 0
	while bytes < ANSWER do
		local what, message = program.ring:read()
		if what == nil then
			return false
		end
		take(what, message)
		bytes = bytes + (type(what) == "string" and #what + 1 or 1)
	end
	return true
end

local function event()
	return {time = linux.clock()}
end

local function find_probes()
	local found = false
	for n, clause in ipairs(program.list) do
		for _, probe in ipairs(clause.probes) do
			if probe.kind == "interval" then
				intervals[#intervals + 1] = {n = n, f = program:compile(n), every = probe.every * NANOSECONDS}
			else
				found = found or (probe.kind ~= "BEGIN" and probe.kind ~= "END")
			end
		end
		program:compile(n)
	end
	return found
end

local function start(source, name, pid, cpid)
	local shared = rcu.table(OBJECTS)
	local packed = tracing.pack(source, name, pid, cpid)
	local bytes = data.new(#packed)
	bytes:setstring(0, packed)
	shared.program, shared.ring = bytes, new_ring()
	program = tracing.open(shared, true)
	program.environment.print = write
	program.environment.exit = function () over = true end
	local found = find_probes()
	program:run("BEGIN", event())
	if found then
		runtime = lunatik.runtime(SCRIPT, {context = "hardirq", percpu = true, argument = shared})
	end
	local now = linux.clock()
	for _, interval in ipairs(intervals) do
		interval.due = now + interval.every
	end
end

--- Starts a program.
-- @tparam string source
-- @tparam string name of it, for messages
-- @tparam ?int pid of the process whose events count
-- @tparam ?int cpid of the command that is traced
-- @raise a message for the user
function trace.start(source, name, pid, cpid)
	protect(start, source, name, pid, cpid)
end

local function run_intervals()
	local now = linux.clock()
	for _, interval in ipairs(intervals) do
		if now >= interval.due then
			interval.due = interval.due + interval.every
			if interval.due < now then -- no crowd of late ones
				interval.due = now + interval.every
			end
			local ok, message = pcall(interval.f, event())
			if not ok then
				note(interval.n, message)
			end
		end
	end
end

local function next_due(ms)
	local now = linux.clock()
	for _, interval in ipairs(intervals) do
		ms = math.min(ms, math.max(0, interval.due - now) // NANOSECONDS)
	end
	return ms
end

-- Keys with the greatest values come last, as they are the ones to look at.
local function write_map(name, m)
	local rows = {}
	for key, value in m:pairs() do
		rows[#rows + 1] = {key, value}
	end
	table.sort(rows, function (a, b)
		local x, y = a[2], b[2]
		if type(x) ~= type(y) or x == y then
			x, y = tostring(a[1]), tostring(b[1])
		end
		return x < y
	end)
	for _, row in ipairs(rows) do
		write(string.format("%s[%s]: %s", name, row[1], row[2]))
	end
end

local function write_results()
	for _, map in ipairs(program:results()) do
		if map.kind == "histogram" then
			local text = tostring(map.object)
			if text ~= "" then
				write(map.name .. ":\n" .. text)
			end
		else
			write_map(map.name, map.object)
		end
	end
end

-- Report events that the states missed. Another trace that runs at the same time has runtimes of the same name.
local function count_missed()
	local missed, off, leaders = 0, 0, 0
	for _, item in ipairs(lunatik.list(true)) do
		if item.name == SCRIPT then
			missed, off = missed + item.missed, off + item.off
			leaders = leaders + (item.percpu and 1 or 0)
		end
	end
	if leaders == 1 and missed > 0 then
		warn("%d events were missed: a handler ran already, or the stack was too small", missed)
	end
	if leaders == 1 and off > 0 then
		warn("%d probes were switched off, as their clauses exhausted the budget (see the kernel log)", off)
	end
end

local function conclude()
	ended = true
	local ok, message = pcall(program.run, program, "END", event())
	if not ok then
		warn("%s", message)
	end
	write_results()
	for n, count in pairs(errors) do
		if count > ERRORS then
			warn("%s: %d errors in all", program:message("clause" .. n .. ":1"), count)
		end
	end
	if program.ring:dropped() > 0 then
		warn("%d lines were dropped: they came faster than they were read", program.ring:dropped())
	end
end

--- Removes the probes. Their last records are still in the ring.
function trace.finish()
	if runtime then
		count_missed()
		runtime:stop()
		runtime = nil
	end
	intervals = {}
	trace.finishing = true
end

local function answer()
	while first <= last and size < ANSWER do
		local text = waiting[first]
		sent[#sent + 1], size = text, size + #text
		waiting[first], first = nil, first + 1
	end
	local state = "+"
	if trace.finishing then
		state = ended and first > last and "." or "+"
	elseif over then
		state = "-"
	end
	return state .. warnings .. "\0" .. table.concat(sent)
end

--- Waits for text.
-- @tparam int ms milliseconds, at most
-- @tparam boolean ack whether the last answer has arrived; it is given again if not
-- @treturn string a character: "+" to go on, "-" if the program wants to exit, "." behind the end of it all; then messages,
-- a zero byte, and text
function trace.poll(ms, ack)
	if ack then
		sent, size, warnings = {}, 0, ""
	end
	local idle = first > last and size == 0
	if not trace.finishing and not over then
		if idle then
			program.ring:wait(next_due(ms))
		end
		run_intervals()
	end
	if idle and not drain() and trace.finishing and not ended then
		conclude()
	end
	return answer()
end

--- Lists functions that can be probed.
-- @tparam string pattern
-- @treturn string lines
function trace.symbols(pattern)
	local names = require("probe").symbols(pattern)
	for i, name in ipairs(names) do
		names[i] = "kprobe:" .. name .. "\n"
	end
	return table.concat(names)
end

return trace
