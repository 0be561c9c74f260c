-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function f(a, b, ...) return debug.getinfo(1, "nu") end
local i = f() print(i.name, i.namewhat, i.nparams, i.isvararg, i.nups) print(debug.getinfo(print, "S").what, debug.getinfo(100), debug.getinfo(f, "S").linedefined)
print(debug.getinfo(1, "l").currentline, pcall(debug.getinfo, 1, "X") == true)
