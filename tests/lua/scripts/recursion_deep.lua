-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end
print(f(15000))
