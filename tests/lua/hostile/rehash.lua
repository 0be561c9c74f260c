-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local t, n = {}, 8191
for i = 1, n do t["k" .. i] = true end
while true do n = n + 1; t["k" .. n] = true; t["k" .. n - 8191] = nil end
