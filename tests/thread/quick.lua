-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that ends at once.

require("thread")

return function(d)
	return function()
		d:setnumber(0, 1)
	end
end
