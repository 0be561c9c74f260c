-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local b = {} for i = 1, 1000 do b[#b + 1] = ("%04d"):format(i) end local s = table.concat(b) print(#s, s:sub(1, 12), s:sub(-8))
