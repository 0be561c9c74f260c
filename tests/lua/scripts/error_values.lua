-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(pcall(error)) print(pcall(error, nil)) print(pcall(error, "m", 0)) print(pcall(error, 42)) print(select("#", pcall(error, {})))
local t = {} local ok, e = pcall(error, t) print(ok, e == t) print(pcall(error, setmetatable({}, {__tostring = function() return "x" end})) == false)
