-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for a = -8, 8 do local r = {} for _, b in ipairs {-3, -2, -1, 1, 2, 3} do r[#r + 1] = a // b .. ":" .. a % b end print(table.concat(r, " ")) end
