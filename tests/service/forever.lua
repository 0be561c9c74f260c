-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- A thread that never ends, and tries to survive being stopped.

return function ()
	while true do
		pcall(function ()
			while true do
			end
		end)
	end
end
