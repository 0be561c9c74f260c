-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that never looks whether it should stop.

return function(d)
	return function()
		d:setnumber(0, 1)
		while true do end
	end
end
