-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local i = 0
repeat local j = i; i = i + 1 until j >= 5
print(i)
repeat i = i - 1 until i < 0
print(i)
