-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The body's function takes two objects and returns the next body.

return function(d, t)
	d:setstring(0, "first")
	return function()
		d:setstring(0, "second")
		t.object = d
		return d
	end
end
