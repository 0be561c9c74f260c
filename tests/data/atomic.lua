-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed by tests/data/shared inside a runtime that cannot sleep: uses an object, tries to create one, and
-- copies until the budget ends it.

local data = require("data")
require("tests.atomic")

return function(d, log)
	d:setuint32(0, d:getuint32(0) + 1)
	d:setstring(4, "atomic")
	local ok, message = pcall(data.new, 16)
	log:setstring(0, (tostring(ok) .. " " .. tostring(message)):sub(1, #log))
	d, log = coroutine.yield()
	local text = tostring(d)
	while true do
		d:setstring(0, text)
	end
end
