-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
for i = 0, 20 do print(i, fib(i)) end
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
print(fact(20))
