-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Seed 20787000: 8021q did not hear that an interface with a VLAN on it was leaving, because a callback had ended the event.

local notifier = require("notifier")

notifier.netdevice(function()
	return notifier.notify.STOP
end)
