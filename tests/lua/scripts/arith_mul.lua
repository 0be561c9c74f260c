-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(3 * 4, -3 * 4, -3 * -4, math.maxinteger * 2, math.mininteger * -1)
local p = 1
for i = 1, 25 do p = p * i; print(i, p) end
