-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Two callbacks that want to end events: one by STOP, one by BAD for those that the kernel does not take back.

local notifier = require("notifier")

local netdev, notify = notifier.netdev, notifier.notify

local begins = {
	[netdev.REGISTER] = true,
	[netdev.CHANGENAME] = true,
	[netdev.CHANGEMTU] = true,
	[netdev.PRECHANGEMTU] = true,
	[netdev.PRECHANGEUPPER] = true,
	[netdev.PRE_CHANGEADDR] = true,
	[netdev.PRE_TYPE_CHANGE] = true,
	[netdev.PRE_UP] = true,
}

notifier.netdevice(function(event)
	return begins[event] and notify.OK or notify.BAD
end)
notifier.netdevice(function()
	return notify.STOP
end)
