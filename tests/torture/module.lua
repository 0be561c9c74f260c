-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Probes of functions of a module that goes, and of ours that come and go.

local probe = require("probe")

for _, name in ipairs{"dummy_xmit", "dummy_setup", "dummy_dev_init", "dummy_get_stats64"} do
	print(name, (pcall(probe.new, name, {pre = function() end})))
end
