-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that fails.

return function()
	error("this body fails")
end
