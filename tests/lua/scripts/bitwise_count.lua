-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function count(n) local c = 0 while n ~= 0 do c = c + (n & 1); n = n >> 1 end return c end
for _, n in ipairs {0, 1, 255, -1, math.mininteger, 0x5555555555555555} do print(n, count(n)) end
