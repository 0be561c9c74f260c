-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(1 == "1", "1" == 1, nil == false, {} == {}, print == print, 0 == -0)
print(pcall(function() return 1 < "2" end) == false, pcall(function() return {} < {} end) == false)
print(pcall(function() return nil < 1 end) == false, pcall(function() return "a" < 1 end) == false)
