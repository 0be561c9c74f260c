-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {1, 2, 3, 4, 5}
print(table.remove(t), table.remove(t, 1), table.remove(t, 2), table.concat(t, ","))
print(table.remove({}), table.remove({}, 0), #t)
print((pcall(table.remove, t, 10)))
