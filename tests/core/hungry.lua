-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Takes all memory that it gets, and has a hook that may not sleep, which needs some.

require("probe").new("do_exit", {pre = function()
	return #("x"):rep(3000)
end})

local all = {}
pcall(function()
	for i = 1, math.maxinteger do all[i] = ("x"):rep(3000) .. i end
end)
