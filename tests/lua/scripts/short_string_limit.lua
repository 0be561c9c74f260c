-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, n in ipairs {39, 40, 41, 42} do local a, b = ("x"):rep(n), ("x"):rep(n - 1) .. "x" print(n, a == b, ({[a] = n})[b], a < b .. "y") end
