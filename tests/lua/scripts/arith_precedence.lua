-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(1 + 2 * 3, (1 + 2) * 3, 2 * 3 % 4, -2 * 3, 7 - 3 - 2, 7 - (3 - 2))
print(1 .. 2 + 3, 2 * 3 .. 4, not 1 == 2, -3 % 5, 1 << 2 + 1, 1 | 2 & 3 ~ 1)
