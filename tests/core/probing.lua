-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Registers a probe in the function that resume() runs.

local probe = require("probe")

return function(d)
	probe.new("do_exit", {pre = function() end})
	d:setbyte(0, 1)
end
