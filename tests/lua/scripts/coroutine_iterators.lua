-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function walk(t) for _, v in ipairs(t) do if type(v) == "table" then walk(v) else coroutine.yield(v) end end end
for v in coroutine.wrap(function() walk {1, {2, {3, 4}, 5}, {{6}}} end) do print(v) end
local function permgen(a, n) n = n or #a if n <= 1 then coroutine.yield(a) else for i = 1, n do a[n], a[i] = a[i], a[n] permgen(a, n - 1) a[n], a[i] = a[i], a[n] end end end
for p in coroutine.wrap(function() permgen {1, 2, 3} end) do print(table.concat(p, " ")) end
