-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local moves = 0
local function hanoi(n, a, b, c) if n > 0 then hanoi(n - 1, a, c, b) moves = moves + 1 hanoi(n - 1, c, b, a) end end
hanoi(10, "a", "b", "c") print(moves)
local N, count, cols, d1, d2 = 6, 0, {}, {}, {}
local function place(r) if r > N then count = count + 1 return end for c = 1, N do if not cols[c] and not d1[r + c] and not d2[r - c] then cols[c], d1[r + c], d2[r - c] = true, true, true place(r + 1) cols[c], d1[r + c], d2[r - c] = nil, nil, nil end end end
place(1) print(count)
