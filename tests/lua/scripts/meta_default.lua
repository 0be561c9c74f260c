-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function default(d) return setmetatable({}, {__index = function(t, k) t[k] = d return d end}) end
local t = default(0)
for w in ("a b a c b a"):gmatch("%a") do t[w] = t[w] + 1 end
print(t.a, t.b, t.c, t.z)
