-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A script that wants more notifiers than there may be.

local notifier = require("notifier")

for _ = 1, 65 do
	notifier.netdevice(function() end)
end
