-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Prints the events of the interfaces whose names begin with "lt".

local notifier = require("notifier")

local names = {}
for name, event in pairs(notifier.netdev) do names[event] = name end

notifier.netdevice(function(event, name)
	if name:find("^lt") then
		print("watch: " .. names[event] .. " " .. name)
	end
end)
