-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed with a table and an object: uses both, in any kind of runtime.

return function(shared, object)
	object:setnumber(0, 1)
	shared.child = object
	local names = {}
	for i = 1, 50 do
		names[i] = "name" .. i
	end
	shared.child = nil
	return object
end
