-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A script that makes a completion for another runtime.

local completion = require("completion")

return function()
	return completion.new()
end
