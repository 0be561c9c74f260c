-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(1 + 2, -5 + 3, 0 + 0, math.maxinteger + 1 == math.mininteger)
for i = -3, 3 do print(i, i + i, i + 10) end
