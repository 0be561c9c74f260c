-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function f(l) error("msg", l) end
for l = 0, 2 do print(l, (select(2, pcall(f, l)):gsub("^.-:(%d+):", "line %1:"))) end
