-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local max, min = math.maxinteger, math.mininteger
print(max + max, min + min, max * max, min * min, max - min, min - max)
print(max // 2, min // 2, max % 7, min % 7)
