-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(tonumber("ff", 16), tonumber("FF", 16), tonumber("zz", 36), tonumber("777", 8), tonumber("101", 2), tonumber("-101", 2), tonumber("8", 8), tonumber(" 11 ", 3), tonumber("", 10), tonumber("1.", 10))
print(pcall(tonumber, "1", 1)) print(pcall(tonumber, 10, 10)) print(pcall(tonumber))
