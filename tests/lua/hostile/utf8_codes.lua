-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = "x" .. ("\x80"):rep(1 << 18)
while true do pcall(utf8.codes(s), s, 1) end
