-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local v = {math.mininteger, -1, 0, 1, math.maxinteger}
for _, a in ipairs(v) do for _, b in ipairs(v) do print(a < b, a <= b, a > b, a >= b, a == b, a ~= b) end end
