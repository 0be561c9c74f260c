-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- One open file: gives back what was written to it; "loop" loops, "sleep" sleeps.

local linux = require("linux")

local session = {}

local text = ""

function session.write(_, data)
	text = text .. data
	while data == "loop\n" do end
	if data == "sleep\n" then
		linux.schedule()
	end
end

function session.read()
	local answer = text
	text = ""
	return answer
end

return session
