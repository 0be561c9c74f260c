-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
t[1] = "int" t["1"] = "str" t[true] = "bool" t[print] = "func" t[t] = "self"
print(t[1], t["1"], t[true], t[print], t[t], t[2])
print(pcall(function() t[nil] = 1 end) == false, t[nil])
