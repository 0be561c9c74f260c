-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = ("a"):rep(200000)
while true do s:find(("a"):rep(100000) .. "b", 1, true) end
