-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Prints what the keyboard says; the keycode of B goes no further.

local notifier = require("notifier")

local KEY_B <const> = 48

local names = {}
for name, event in pairs(notifier.kbd) do names[event] = name end

notifier.keyboard(function(event, down, shift, key)
	print("keyboard: " .. table.concat({names[event], tostring(down), tostring(shift), key}, " "))
	if event == notifier.kbd.KEYCODE and key == KEY_B then
		return notifier.notify.STOP
	end
end)
