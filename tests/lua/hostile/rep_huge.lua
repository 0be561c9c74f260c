-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
print(pcall(string.rep, "x", 1 << 62))
print(pcall(string.rep, "x", 1 << 40))
print(#string.rep("", 1 << 62))
print(pcall(string.rep, "", 1 << 62, "x"))
while true do pcall(string.rep, "x", 1 << 30) end
