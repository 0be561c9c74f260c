-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: while the thread holds the runtime, events of interfaces wait, and keys are missed.

local linux = require("linux")
local notifier = require("notifier")
local thread = require("thread")

local netdev, notify = notifier.netdev, notifier.notify
local names = {}
for name, event in pairs(netdev) do names[event] = name end

notifier.netdevice(function(event, name)
	if name:find("^lt") then
		print("busy: " .. names[event] .. " " .. name)
		return notify.BAD
	end
end)

notifier.keyboard(function()
	print("busy: key")
	return notify.STOP
end)

return function()
	print("busy: begins")
	for _ = 1, 300 do
		if thread.shouldstop() or pcall(linux.ifindex, "ltend") then break end
		linux.schedule(20)
	end
	print("busy: ends")
end
