-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Stands in for the kernel's side of the library lunatik: a registry in a file, scripts run under the system's Lua.
-- Only the parts that the command and session.lua need are here.

package.path = LIBRARY

-- The kernel has neither.
local io = io
_G.io, _G.os, package.loaded.io, package.loaded.os = nil, nil, nil, nil

_LUNATIK_VERSION = "Lunatik 0.1"

local REGISTRY <const> = ROOT .. "/registry"

local lunatik = {}

local output, trace = {}, {}

function print(...)
	local texts = table.pack(...)
	for i = 1, texts.n do
		texts[i] = tostring(texts[i])
	end
	output[#output + 1] = table.concat(texts, "\t") .. "\n"
end

local function take(parts)
	local text = table.concat(parts)
	for i = #parts, 1, -1 do
		parts[i] = nil
	end
	return text
end

function lunatik.output()
	return take(output), take(trace)
end

local function registered()
	local file = loadfile(REGISTRY)
	return file and file() or {}
end

function lunatik.list()
	local list = registered()
	for _, entry in ipairs(list) do
		if entry.name == "nested" then
			entry.children = {{name = "child", children = {{name = "grandchild", off = 1}}}}
		end
	end
	return list
end

local function save(list)
	local file <close> = assert(io.open(REGISTRY, "w"))
	file:write("return {\n")
	for _, entry in ipairs(list) do
		file:write("{")
		for key, value in pairs(entry) do
			file:write(string.format("%s = %q, ", key, value))
		end
		file:write("},\n")
	end
	file:write("}\n")
end

local function find(name)
	local list = registered()
	for i, entry in ipairs(list) do
		if entry.name == name then
			return list, i
		end
	end
	return list
end

local function open(script)
	for _, folder in ipairs{"/etc/lunatik/", "/lib/modules/lua/"} do
		local file = io.open(ROOT .. folder .. script .. ".lua")
		if file then
			local text = file:read("a")
			file:close()
			return assert(load(text, "@" .. folder .. script .. ".lua"))
		end
	end
	error("cannot open /lib/modules/lua/" .. script .. ".lua", 0)
end

local contexts = {["true"] = "process", ["false"] = "softirq", ["nil"] = "process"}

local function entry(name, options, spawned)
	if type(options) ~= "table" then
		options = {context = options}
	end
	local context = tostring(options.context)
	return {name = name, context = contexts[context] or context, state = "running", memory = 1000,
		limit = options.memory or 64 << 20, budget = options.budget or 0, entries = 1, errors = 0, missed = 0,
		exhausted = 0, hooks = 0, threads = 0, off = name == "off" and 2 or 0, spawned = spawned}
end

function lunatik.start(name, script, options, spawned)
	local list, found = find(name)
	if found then
		error(name .. " is already running", 2)
	end
	local body = open(script)
	local ok, message = xpcall(body, function (message)
		trace[#trace + 1] = debug.traceback(message)
		return message
	end)
	if not ok then
		error(message, 0)
	end
	list[#list + 1] = entry(name, options, spawned)
	save(list)
	local function resumable(runtime)
		return type(runtime.body) == "function"
	end
	return setmetatable({name = name, body = message}, {__name = "runtime", __index = {resumable = resumable}})
end

package.preload.thread = function ()
	local thread = {}

	function thread.run(runtime)
		if type(runtime.body) ~= "function" then
			error("the script returned no function", 0)
		end
		local list, found = find(runtime.name)
		list[found].threads = 1
		save(list)
		return setmetatable({}, {__name = "thread"})
	end

	return thread
end

function lunatik.stop(name)
	local list, found = find(name)
	if not found then
		return nil
	end
	table.remove(list, found)
	save(list)
	return true
end

function lunatik.rearm(name)
	local list, found = find(name)
	if not found then
		return nil
	end
	local off = list[found].off
	list[found].off = 0
	save(list)
	return off
end

function lunatik.status()
	return {version = "0.1.0", runtimes = #lunatik.list(), modules = {}, memory = 1, memory_limit = 2}
end

package.loaded.lunatik = lunatik

return require("lunatik.session")
