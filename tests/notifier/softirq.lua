-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Which notifier a softirq or a hardirq runtime may not register.

local notifier = require("notifier")

assert(notifier.notify.OK == 1)
notifier.netdevice(function() end)
