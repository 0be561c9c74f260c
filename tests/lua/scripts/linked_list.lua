-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local list for i = 1, 1000 do list = {value = i, next = list} end
local n, s = 0, 0 while list do n = n + 1 s = s + list.value list = list.next end print(n, s)
