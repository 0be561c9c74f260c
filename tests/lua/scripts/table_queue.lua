-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local q, first, last = {}, 1, 0
for i = 1, 1000 do last = last + 1 q[last] = i if i % 3 == 0 then q[first] = nil first = first + 1 end end
local s = 0
for i = first, last do s = s + q[i] end
print(first, last, s)
