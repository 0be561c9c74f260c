-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that goes on for a while after it has registered: later, its handler gets the events of that time.

local linux = require("linux")
local notifier = require("notifier")

notifier.netdevice(function(event, name)
	if name:find("^lt") and event == notifier.netdev.REGISTER then
		print("slow: " .. name)
	end
end)

print("slow: waits")
for _ = 1, 300 do
	if pcall(linux.ifindex, "ltend") then break end
	linux.schedule(20)
end
print("slow: done")
