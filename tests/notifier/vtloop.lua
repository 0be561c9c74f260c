-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A handler whose output may appear on a terminal, which calls it again.

local notifier = require("notifier")

local calls = 0

notifier.vterm(function()
	calls = calls + 1
	print("vtloop: again")
end)
