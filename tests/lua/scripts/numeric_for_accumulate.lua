-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = 0 for i = 1, 100000 do s = s + i % 7 end print(s)
s = 0 for i = 100, 1, -3 do s = s * 3 + i end print(s)
