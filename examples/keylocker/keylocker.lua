-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- Locks and unlocks all keyboards: up up down down left right left right, left control, left alt.
--
--	# lunatik run examples/keylocker

local notifier = require("notifier")

local kbd, notify = notifier.kbd, notifier.notify

-- Key codes, as <linux/input-event-codes.h> has them.
local SEQUENCE <const> = string.char(103, 103, 108, 108, 105, 106, 105, 106, 29, 56)

local released = ""
local locked = false

local function listen(event, down, _, key)
	if event == kbd.KEYCODE and not down and key < 256 then
		released = (released .. string.char(key)):sub(-#SEQUENCE)
		if released == SEQUENCE then
			locked = not locked
			released = ""
		end
	end
	return locked and notify.STOP or notify.OK
end

notifier.keyboard(listen)
