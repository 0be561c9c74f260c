-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = ("x"):rep(1 << 18)
while true do utf8.offset(s, 1 << 17) end
