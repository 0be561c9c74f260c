-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t, x = {}, 12345
for i = 1, 5000 do x = (x * 1103515245 + 12345) % 2147483648 t[i] = x end
table.sort(t)
for i = 2, #t do assert(t[i - 1] <= t[i]) end
print(t[1], t[2500], t[5000])
