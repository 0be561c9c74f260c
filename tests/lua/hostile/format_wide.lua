-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local t = {}
for i = 1, 100 do t[i] = i end
while true do ("%99.99d"):rep(100):format(table.unpack(t)) end
