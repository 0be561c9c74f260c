-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts what terminals say, and prints it where printing does not make more of it: for capital letters.

local notifier = require("notifier")

local vt = notifier.vt
local seen = {}

local function letter(c)
	return c >= 65 and c <= 90 and string.char(c)
end

notifier.vterm(function(event, c, vc_num)
	if event == vt.VT_WRITE and letter(c) and vc_num ~= 0 then
		print("vterm: write " .. letter(c) .. " " .. vc_num)
	elseif (event == vt.VT_ALLOCATE or event == vt.VT_DEALLOCATE) and not seen[event .. ":" .. vc_num] then
		seen[event .. ":" .. vc_num] = true
		print("vterm: " .. (event == vt.VT_ALLOCATE and "allocate " or "deallocate ") .. vc_num)
	elseif event == vt.VT_PREWRITE and c == 46 then
		return notifier.notify.STOP
	end
end)
