-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(pcall(function() return 1 // 0 end) == false, pcall(function() return 1 % 0 end) == false)
local ok, m = pcall(function(a, b) return a // b end, 1, 0)
print(ok, (m:gsub("^.-:%d+: ", "")))
ok, m = pcall(function(a, b) return a % b end, 1, 0)
print(ok, (m:gsub("^.-:%d+: ", "")))
