-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print("10" + 1, 10 + "1", "3" * "4", "10" // "3", "10" % "3", -"5", "0x10" + 0, " 7 " + 1)
print(pcall(function() return "a" + 1 end) == false)
print(pcall(function() return {} + 1 end) == false)
