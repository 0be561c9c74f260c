-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = "x"
while true do pcall(function() while true do s = s .. s end end) end
