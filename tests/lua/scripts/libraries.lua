-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function names(t) local k = {} for n in pairs(t) do k[#k + 1] = n end table.sort(k) return table.concat(k, " ") end
print(names(math)) print(names(string)) print(names(table)) print(names(coroutine)) print(names(utf8)) print(names(debug)) print(names(package))
print(io, os, _VERSION, math.type(collectgarbage("count")))
print(pcall(debug.getinfo, 1, "f")) print(pcall(debug.getinfo, 1, "L")) print(debug.getinfo(1).func)
