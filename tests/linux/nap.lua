-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Its body sleeps for weeks, or until something ends the sleep; prints what is left.

local linux = require("linux")

print("left", linux.schedule(1 << 32) > 1 << 31)
