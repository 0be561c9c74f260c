-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(tostring(nil), tostring(true), tostring(12), tostring("x"), tostring(-0), type(tostring({})), tostring(print):match("^builtin") or tostring(print):match("^function"))
print(tostring(setmetatable({}, {__tostring = function() return "T" end})), tostring(setmetatable({}, {__name = "N"})):match("^N: "))
print(pcall(tostring, setmetatable({}, {__tostring = function() return 1 end})) == true, (pcall(tostring)))
