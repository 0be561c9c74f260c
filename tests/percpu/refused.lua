-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The kernel refuses the first hook, in the leader, and no state has it.

local nf = require("netfilter")

local ok, message = pcall(nf.register, {
	pf = nf.family.NETDEV, hooknum = nf.netdev_hooks.INGRESS, priority = 0, dev = "nodevice", hook = function() end,
})
print(ok, message)
require("tests.percpu.register")(1)
