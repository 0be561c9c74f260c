-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(1 + 2 - 3 * 4 // 5 % 6, 7 & 3 | 8 ~ 1, ~0 >> 60, 1 << 63 >> 63, -(2 - 5), "a" .. "b" .. 1 + 1, 2 * 3 == 6, not nil == true, #"abc" + 1)
