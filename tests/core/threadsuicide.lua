-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Stops itself from its thread.

local lunatik = require("lunatik")
local linux = require("linux")

return function()
	lunatik.stop("tests/core/threadsuicide")
	while true do linux.schedule(10) end
end
