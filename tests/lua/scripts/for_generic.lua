-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for k, v in ipairs {"a", "b", "c"} do print(k, v) end
for k, v in next, {10} do print(k, v) end
local function range(n) return function(s, c) if c < s then return c + 1 end end, n, 0 end
for i in range(3) do print(i) end
