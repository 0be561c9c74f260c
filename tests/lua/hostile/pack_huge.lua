-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
while true do pcall(string.pack, "c2000000000", "x") end
