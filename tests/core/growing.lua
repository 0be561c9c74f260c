-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The function grows a text up to 300,000 bytes, and leaves no garbage.

return function()
	local text = ""
	local more = ("x"):rep(3000)
	while #text < 300000 do
		text = text .. more
	end
	text = nil
	collectgarbage()
end
