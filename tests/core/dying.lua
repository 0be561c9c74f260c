-- SPDX-License-Identifier: MIT OR GPL-2.0-only

return function()
	error("in the body")
end
