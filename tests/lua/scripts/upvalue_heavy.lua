-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8
local function sum() return a + b + c + d + e + f + g + h end
local function inc() a, b, c, d, e, f, g, h = a + 1, b + 1, c + 1, d + 1, e + 1, f + 1, g + 1, h + 1 end
print(sum()) inc() inc() print(sum())
