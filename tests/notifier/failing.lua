-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A script that fails after it has registered notifiers: nothing of them stays.

local notifier = require("notifier")

local function say()
	print("failing: called")
end

notifier.keyboard(say)
notifier.vterm(say)
notifier.netdevice(function() end)
error("failed on purpose")
