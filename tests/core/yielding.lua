-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Adds one to the first byte of what it is given, as often as it is resumed.

return function(d)
	while true do
		d:setbyte(0, d:getbyte(0) + 1)
		d = coroutine.yield(d)
	end
end
