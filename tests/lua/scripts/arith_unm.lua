-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(-1, - -1, -(-5), -math.mininteger, -math.maxinteger)
local x = 7
print(-x, - -x, -x + x)
