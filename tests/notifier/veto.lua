-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Forbids to create, to rename and to raise interfaces of certain names.

local notifier = require("notifier")

local netdev, notify = notifier.netdev, notifier.notify

local forbidden = {
	[netdev.REGISTER] = "ltnew",
	[netdev.CHANGENAME] = "ltname",
	[netdev.PRE_UP] = "ltup",
}

notifier.netdevice(function(event, name)
	return forbidden[event] == name and notify.BAD or notify.OK
end)
