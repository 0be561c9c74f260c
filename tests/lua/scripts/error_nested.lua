-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function level(n) if n == 0 then error("bottom", 0) end local ok, e = pcall(level, n - 1) error(e .. n, 0) end
print(pcall(level, 5))
