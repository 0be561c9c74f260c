-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(select("#"), select("#", nil, nil), select(2, 1, 2, 3), select(-1, 1, 2, 3)) print(pcall(select, 0)) print(pcall(select, -2, 1)) print(select(10, 1))
