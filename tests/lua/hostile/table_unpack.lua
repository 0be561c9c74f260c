-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
print(pcall(table.unpack, {}, 1, 1 << 40))
print(pcall(table.unpack, {}, 1, 1 << 30))
for i = 1, 10 do print(select("#", table.unpack({}, 1, 60000))) end
