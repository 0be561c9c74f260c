-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(pcall(function(...) return ... end, 1, 2, 3)) print(pcall(pcall, error, "x")) print(pcall(1) == true)
print(select("#", pcall(function() end)), pcall(function() return nil end))
local ok, m = pcall(function() local x = nil; x() end) print(ok, type(m))
