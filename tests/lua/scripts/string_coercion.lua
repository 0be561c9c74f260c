-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(1 .. "", 1 .. 2, "a" .. 1, -1 .. "", ("5"):rep("3"), ("abc"):sub("2"), #(12 .. ""), ("x"):rep(" 2 "))
print(pcall(function() return "a" .. {} end) == false, pcall(function() return nil .. "x" end) == false)
