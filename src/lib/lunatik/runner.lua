-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Starts, lists and stops scripts by name.
-- The name of a script is its path below a script folder, with or without a final `.lua`. The core has the registry of
-- scripts; this library keeps nothing, so that every runtime sees the same.
-- @module lunatik.runner

local lunatik = require("lunatik")

local runner = {}

-- A script that is being stopped may start another; shutdown does not chase such a chain for ever.
local ROUNDS <const> = 8

local NAME_MAX <const> = 127

local FOLDERS <const> = {"/etc/lunatik/", "/lib/modules/lua/", "/usr/lib/modules/lua/"}

local function check(condition, ...)
	if not condition then
		error(string.format(...), 0)
	end
end

local function below(script)
	for _, folder in ipairs(FOLDERS) do
		if script:sub(1, #folder) == folder then
			return script:sub(#folder + 1)
		end
	end
	return script
end

--- Turns what a user typed into the name of a script.
-- @tparam string script path below a script folder, or with the folder before it; one final `.lua` is dropped
-- @treturn string the name under which the script is registered
-- @raise a message that says what is wrong with the name
function runner.name(script)
	check(type(script) == "string", "a script's name is a string, not a %s", type(script))
	check(not script:find("%c"), "a script's name has no control characters")
	local name = below(script):gsub("%.lua$", "")
	check(#name <= NAME_MAX, "a script's name has at most %d characters", NAME_MAX)
	check(name ~= "", "a script's name cannot be empty")
	check(name:sub(1, 1) ~= "/", "'%s' is in no script folder: copy it to /etc/lunatik, and run it as '%s'", script,
		name:match("([^/]*)/*$"))
	for part in (name .. "/"):gmatch("(.-)/") do
		check(part ~= "" and part ~= "." and part ~= "..",
			"'%s' is not a script's name: it has an empty part, '.' or '..'; name it by its path below /etc/lunatik or "
			.. "/lib/modules/lua", script)
	end
	return name
end

-- The tables of _ENV are for scripts that look there. The core knows the running scripts without them.
local function publish(view, name, object)
	local env = lunatik._ENV
	local objects = env and env[view]
	if objects then
		pcall(function ()
			objects[name] = object
		end)
	end
end

-- Whether a script was spawned is kept with it, so that `lunatik reload` starts it the same way.
local function start(script, context, spawned)
	local name = runner.name(script)
	local runtime = lunatik.start(name, name, context, spawned)
	publish("runtimes", name, runtime)
	return runtime
end

--- Runs a script.
-- @tparam string script
-- @param[opt] context "process", "softirq", "hardirq", a boolean, or a table of limits, as lunatik.runtime takes it
-- @treturn runtime
-- @raise `<name> is already running`, or what the script raised
function runner.run(script, context)
	return start(script, context, false)
end

--- Runs a script, then the function that it returned in a kernel thread.
-- When the thread cannot be started, the script is stopped again.
-- @tparam string script
-- @param[opt] context as in @{run}
-- @treturn thread
function runner.spawn(script, context)
	local runtime = start(script, context, true)
	local name = runner.name(script)
	-- The thread's own name is the end of the script's name: letters, digits and one slash. The library is not needed
	-- before; this kernel may lack it.
	local ok, task = pcall(function ()
		return require("thread").run(runtime, name:match("(%w*/*%w*)$"))
	end)
	if not ok then
		pcall(runner.stop, name)
		error(task, 0)
	end
	publish("threads", name, task)
	return task
end

--- Stops a script, its threads first.
-- @tparam string script
-- @treturn ?boolean true, or nil when nothing of that name runs
-- @raise when the kernel did not let go of what the script had registered
function runner.stop(script)
	local name = runner.name(script)
	local ok, stopped = pcall(lunatik.stop, name)
	publish("threads", name, nil)
	publish("runtimes", name, nil)
	if not ok then
		error(stopped, 0)
	end
	return stopped
end

--- Arms the hooks of a script again that the core switched off, because they exhausted their budget again and again.
-- @tparam string script
-- @treturn ?integer how many they were, or nil when nothing of that name runs
function runner.rearm(script)
	return lunatik.rearm(runner.name(script))
end

local function names()
	local list = {}
	for i, entry in ipairs(lunatik.list()) do
		list[i] = entry.name
	end
	table.sort(list)
	return list
end

--- Lists what runs.
-- @treturn string the names in alphabetical order, joined by ", "
function runner.list()
	return table.concat(names(), ", ")
end

local function stopall(failures)
	local list = names()
	for _, name in ipairs(list) do
		local ok, message = pcall(runner.stop, name)
		failures[name] = not ok and tostring(message) or nil
	end
	return #list > 0
end

--- Stops everything that runs.
-- @raise a message that names what could not be stopped and why; the rest is stopped all the same
function runner.shutdown()
	local failures = {}
	for _ = 1, ROUNDS do
		if not stopall(failures) then
			return
		end
	end
	local left = names()
	if #left > 0 then
		local name, message = next(failures)
		error("still running: " .. table.concat(left, ", ") .. (name and " (" .. message .. ")" or ""), 0)
	end
end

--- Does nothing: the registry exists as long as the modules are loaded, and starting it anew would lose what runs.
-- Kept for scripts that call it.
function runner.startup()
end

return runner
