-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that catches every error, in coroutines too.

local function again()
	while true do
		pcall(function()
			coroutine.wrap(function()
				pcall(error, "x")
				while true do end
			end)()
		end)
	end
end

return function(d)
	return function()
		d:setnumber(0, 1)
		again()
	end
end
