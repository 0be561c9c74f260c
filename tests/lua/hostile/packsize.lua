-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = (" "):rep(1 << 18)
while true do string.packsize(s) end
