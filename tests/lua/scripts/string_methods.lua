-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = "abc"
print(s:upper():lower():rep(2):reverse():sub(2, 4):len())
print(pcall(function() return s:nomethod() end) == false, s.x, pcall(function() s.x = 1 end) == false)
