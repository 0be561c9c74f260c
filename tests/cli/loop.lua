-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Never ends, and tries to survive being stopped.

while true do
	pcall(function ()
		while true do
		end
	end)
end
