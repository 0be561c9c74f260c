-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik spawn`: a thread that prints what hooks of every kind send to it, one kind after the other.

local lunatik = require("lunatik")
local mailbox = require("mailbox")

local function listen(kind)
	local box = mailbox.inbox(1024)
	local context = kind == "probe" and "hardirq" or kind
	local rt <close> = lunatik.runtime("tests/sync/hook_" .. kind, context)
	rt:resume(box.queue, box.event)
	print("listening: " .. kind)
	repeat
		local message = box:receive()
		print("received: " .. kind .. " " .. message)
	until message == "end"
end

return function()
	for _, kind in ipairs {"process", "softirq", "hardirq", "probe"} do
		listen(kind)
	end
end
