-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local x = 1
do local x = 2; print(x); do local x = 3; print(x) end print(x) end
print(x)
local y = x; local x = x + 10; print(x, y)
local a <const> = 5
print(a * 2)
