-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = ("a"):rep(100000)
while true do s:find("^(.*)%1b") end
