-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a body that never looks whether it should stop.

return function()
	while true do end
end
