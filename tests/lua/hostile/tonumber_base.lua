-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = ("1"):rep(1 << 18)
while true do tonumber(s, 2) end
