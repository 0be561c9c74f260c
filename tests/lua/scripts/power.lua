-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(load("return 2 ^ 3", "=s"))
print(load("x = ^", "=s"))
-- Differs from Lua 5.4 as documented; prints:
--> nil	s:1: operator '^' is not available (integers only) near '^'
--> nil	s:1: unexpected symbol near '^'
