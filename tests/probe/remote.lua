-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- /dev/probe_test: runs what is written to it as Lua; reading gives its results, or the error.

local device = require("device")
local linux = require("linux")
local probe = require("probe")
local syscall = require("syscall")

local result = ""

local env = setmetatable({device = device, linux = linux, probe = probe, syscall = syscall}, {__index = _G})

--- A probe that counts its hits in the global `hits`.
function env.count(target)
	env.hits = {pre = 0, post = 0}
	local hits = env.hits
	env.p = probe.new(target, {
		pre = function() hits.pre = hits.pre + 1 end,
		post = function() hits.post = hits.post + 1 end,
	})
end

local function nop() end

local function results(ok, ...)
	local texts = {}
	for i = 1, select("#", ...) do
		texts[i] = tostring((select(i, ...)))
	end
	return table.concat(texts, " ")
end

device.new{
	name = "probe_test",
	open = nop,
	release = nop,
	read = function(_, length, offset)
		return offset == 0 and result .. "\n" or nil
	end,
	write = function(_, text)
		local chunk, message = load(text, "=remote", "t", env)
		result = chunk and results(pcall(chunk)) or message
	end,
}
