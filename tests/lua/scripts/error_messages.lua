-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function e(f, ...) local _, m = pcall(f, ...) return (tostring(m):gsub("^.-:%d+: ", "")) end
local t = {}
print(e(function() return t.x.y end)) print(e(function() return t:nomethod() end)) print(e(function() undefinedfunc() end)) print(e(function() return #5 end))
print(e(function() return t + 1 end)) print(e(function() return t .. "x" end)) print(e(function() return -{} end)) print(e(function() local a; a.b = 1 end))
print(e(function() return t < 1 end)) print(e(function() return {} < {} end)) print(e(function() t[nil] = 1 end)) print(e(function() return ("x")() end))
