-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Does nothing, and returns a function that does nothing.

return function(...)
	return ...
end
