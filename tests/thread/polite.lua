-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that counts until a stop is requested, and notes that it left by itself.

local linux = require("linux")
local thread = require("thread")

local function body(d)
	return function()
		repeat
			d:setnumber(0, d:getnumber(0) + 1)
			linux.schedule(10)
		until thread.shouldstop()
		d:setbyte(8, 1)
	end
end

return function(d)
	return body(d)
end
