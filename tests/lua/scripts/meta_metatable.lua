-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = setmetatable({}, {__metatable = "locked"})
print(getmetatable(t), pcall(setmetatable, t, {})) print(getmetatable("").__index == string, getmetatable(1), getmetatable({}))
print(pcall(setmetatable, 1, {}) == true, pcall(setmetatable, {}, 1) == true, setmetatable(t and {}, nil) ~= nil)
