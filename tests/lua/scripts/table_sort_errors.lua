-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print((select(2, pcall(table.sort, {1, "a", 2})):gsub("^.-:%d+: ", "")):sub(1, 18))
print(pcall(table.sort, {3, 1, 2}, function() error("cmp", 0) end))
print(pcall(table.sort, {1, 2}, 5))
