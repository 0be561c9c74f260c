-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- A probe of what its handler leaves behind calls: more memory is wanted at each hit.

local probe = require("probe")

local kept = {}

probe.new("queue_work_on", {
	pre = function()
		kept[#kept + 1] = ("x"):rep(2000) .. #kept
	end,
})
