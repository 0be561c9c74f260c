-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A thread that never asks whether it should end.

return function()
	local n = 0
	while true do
		pcall(function() while true do n = n + 1 end end)
	end
end
