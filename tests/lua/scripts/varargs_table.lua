-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function pack2(...) return {n = select("#", ...), ...} end
local t = pack2(1, nil, 3, nil)
print(t.n, t[1], t[2], t[3])
print(select(2, "a", "b", "c"), select(-1, "a", "b", "c"), select(-2, "a", "b"))
print(pcall(select, 0) == false, pcall(select, -5, 1) == false)
