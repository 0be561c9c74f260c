-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The kernel holds RTNL around this callback.

local notifier = require("notifier")
local sysctl = require("sysctl")

notifier.netdevice(function ()
	local _, message = pcall(sysctl.read, "net.ipv4.ip_default_ttl")
	print("rtnl: " .. tostring(message):gsub("^.-(sysctl%.read)", "%1"))
end)
