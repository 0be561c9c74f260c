-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Its body sleeps for an hour, or until something ends the sleep; prints what is left.

local linux = require("linux")

print("left", linux.schedule(3600 * 1000) > 3000 * 1000)
