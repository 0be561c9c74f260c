-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("abc"):gsub("%w", function(c) return c:upper() .. "." end), ("abc"):gsub("b", function() end), ("abc"):gsub("(a)(b)", function(a, b) return b .. a end))
print(("x y z"):gsub("%w", function(c) if c == "y" then return false end return 1 end), pcall(string.gsub, "a", "a", function() return {} end) == true)
local n = 0
print(("aaa"):gsub("a", function() n = n + 1 return n end), n)
