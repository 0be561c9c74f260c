-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = "x"
while true do s:upper():lower():reverse() end
