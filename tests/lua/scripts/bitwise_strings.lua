-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function e(f) local ok, m = pcall(f) return ok, (tostring(m):gsub("^.-:%d+: ", "")) end
print(e(function() local s = "3" return s & 1 end))
print(e(function() return {} | 1 end))
print(1 << 4, 0xff ~ 0xf)
