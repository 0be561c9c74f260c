-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("%s|%10s|%-10s|%.2s|%10.2s|%s"):format("abc", "abc", "abc", "abc", "abc", 12))
print(("%s %s %s"):format(nil, true, 5), ("%%"):format(), ("%c%c"):format(76, 117), ("%5c|%-5c|"):format(65, 66))
print(#("%s"):format(("x"):rep(5000)), #("%-99s"):format("x"))
print(("%s"):format(setmetatable({}, {__tostring = function() return "custom" end})))
