-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local p = ("(.)"):rep(32)
local s = "abcdefghijklmnopqrstuvwxyz012345"
print(select("#", s:match(p)), (select(32, s:match(p))))
print((select(2, pcall(string.match, s .. "6", ("(.)"):rep(33)))))
