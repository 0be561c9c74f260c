-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that thread after thread may resume.

return function()
	while true do
		coroutine.yield()
	end
end
