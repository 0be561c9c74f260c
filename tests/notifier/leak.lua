-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Makes notifiers that another runtime stops, more than its memory would hold.

local lunatik = require("lunatik")
local notifier = require("notifier")

local rt = lunatik.runtime("tests/notifier/stopper")
for _ = 1, 225 do
	rt:resume(notifier.vterm(function() end))
end
rt:stop()
