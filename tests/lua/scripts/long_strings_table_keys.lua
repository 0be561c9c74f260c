-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 1, 100 do t[("k"):rep(50) .. i] = i end
local s = 0 for i = 1, 100 do s = s + t[("k"):rep(25) .. ("k"):rep(25) .. i] end print(s)
