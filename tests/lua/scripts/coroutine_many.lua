-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local cos = {}
for i = 1, 500 do cos[i] = coroutine.wrap(function() local s = 0 while true do s = s + coroutine.yield(s) end end) cos[i]() end
for r = 1, 3 do for i = 1, 500 do cos[i](i) end end
print(cos[1](0), cos[250](0), cos[500](0))
