-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = ("x"):rep(1000) .. "needle" .. ("y"):rep(1000)
print(s:find("needle", 1, true), s:find(("x"):rep(40) .. "needle", 1, true), s:find(("x"):rep(2000), 1, true))
