-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a thread that waits, and leaves when that is interrupted.

local completion = require("completion")

return function()
	local ok, why = completion.new():wait()
	print("polite:", ok, why)
end
