-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = table.pack(1, nil, 3)
print(t.n, t[1], t[2], t[3]) print(table.unpack(t, 1, t.n)) print(table.unpack({1, 2, 3}, 2)) print(table.unpack({1, 2}, 1, 4))
print(table.unpack({}, 5, 4)) print(select("#", table.unpack({}, 1, 100)))
