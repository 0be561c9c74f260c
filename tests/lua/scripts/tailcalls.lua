-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end
print(loop(100000, 0))
local o = {}
function o:m(n) if n == 0 then return "done" end return self:m(n - 1) end
print(o:m(50000))
