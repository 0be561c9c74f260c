-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = {}
for i = 1, 190 do s[i] = "local v" .. i .. " = " .. i end
s[#s + 1] = "return v1 + v95 + v190"
print(load(table.concat(s, "\n"))())
s = {}
for i = 1, 201 do s[i] = "local v" .. i end
print((select(2, load(table.concat(s, "\n"), "=s")):gsub("^.-:%d+: ", "")))
