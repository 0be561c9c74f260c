-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
print(gcd(48, 18), gcd(1071, 462), gcd(17, 5), gcd(0, 5))
local sieve, n, primes = {}, 1000, {}
for i = 2, n do if not sieve[i] then primes[#primes + 1] = i for j = i * i, n, i do sieve[j] = true end end end
print(#primes, primes[1], primes[#primes])
