-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Notifiers that stop themselves from inside their own callbacks.

local notifier = require("notifier")

local net, key

net = notifier.netdevice(function(_, name)
	if name:find("^lt") then
		print("selfstop: net " .. name)
		net:delete()
		net:stop()
	end
end)

key = notifier.keyboard(function()
	print("selfstop: key")
	key:stop()
	key:delete()
end)
