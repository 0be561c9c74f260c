-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function e(f) local _, m = pcall(f) return (m:gsub("^.-:%d+: ", "")) end
print(e(function() for i = 1, 10, 0 do end end))
print(e(function() for i = "a", 10 do end end))
print(e(function() for i = 1, {} do end end))
print(e(function() for i = 1, 2, print do end end))
