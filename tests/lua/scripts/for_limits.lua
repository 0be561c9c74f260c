-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local max, min = math.maxinteger, math.mininteger
for i = max - 2, max do print(i) end
for i = min + 2, min, -1 do print(i) end
local n = 0
for i = min, max, max // 4 do n = n + 1 end
print(n)
for i = max, max do print("once", i) end
for i = 1, max, max do print(i) end
