-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local memo = {[1] = 1}
local function len(n) if not memo[n] then memo[n] = 1 + len(n % 2 == 0 and n // 2 or 3 * n + 1) end return memo[n] end
local best, at = 0, 0
for i = 1, 3000 do local l = len(i) if l > best then best, at = l, i end end print(best, at)
