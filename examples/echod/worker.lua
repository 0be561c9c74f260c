-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- One connection of the server in daemon.lua, which resumes this script with the two objects.

local function echo(session)
	repeat
		local message = session:receive(1024)
		session:send(message)
	until message == ""
end

return function(control, session)
	local id = control:getuint32(0)
	-- This is what the thread runs.
	return function()
		print(("echod [worker #%d]: started"):format(id))
		local ok = pcall(echo, session)
		session:close()
		control:setuint8(4, 0)
		print(("echod [worker #%d]: %s"):format(id, ok and "stopped" or "aborted"))
	end
end
