-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(1000), odd(1001), even(7))
