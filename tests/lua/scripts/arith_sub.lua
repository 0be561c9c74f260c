-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(1 - 2, 10 - 3, -5 - -5, math.mininteger - 1 == math.maxinteger)
for i = -3, 3 do print(i, i - 7, 7 - i) end
