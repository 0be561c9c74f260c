-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device that writes with its reader's rights, and reads in a task that exits.

local device = require("device")
local sysctl = require("sysctl")

local ttl <const> = "net.ipv4.ip_default_ttl"

local function open() end

local function read(_, _, offset)
	if offset > 0 then
		return ""
	end
	local _, message = pcall(sysctl.write, ttl, sysctl.read(ttl))
	return message and tostring(message) or sysctl.read(ttl)
end

local function release()
	local _, message = pcall(sysctl.read, ttl)
	print("release: " .. tostring(message):gsub("^.-(sysctl%.read)", "%1"))
end

device.new({name = "sysctl_test", mode = 292, open = open, read = read, release = release})
