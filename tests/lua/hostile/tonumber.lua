-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = (" "):rep(1 << 18) .. "x"
while true do tonumber(s) end
