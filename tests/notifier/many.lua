-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A script that keeps none of its notifiers.

local notifier = require("notifier")

for _ = 1, 2 do
	notifier.keyboard(function() end)
	notifier.vterm(function() end)
	notifier.netdevice(function() end)
end
collectgarbage()
