-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a thread that waits again and again, whatever the result.

local completion = require("completion")

return function()
	local c = completion.new()
	while true do
		pcall(c.wait, c)
	end
end
