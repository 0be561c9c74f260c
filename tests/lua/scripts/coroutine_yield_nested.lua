-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function deep(n) if n == 0 then coroutine.yield("deep") else deep(n - 1) end return n end
local co = coroutine.wrap(function() return deep(100) end)
print(co(), co())
