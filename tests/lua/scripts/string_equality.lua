-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local a, b = ("x"):rep(100), ("x"):rep(50) .. ("x"):rep(50)
print(a == b, rawequal(a, b), a ~= b .. "y", a < b .. "y", a .. "a" < b .. "b")
local t = {[a] = 1}
print(t[b], t[b .. "z"])
