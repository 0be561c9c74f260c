-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = {}
for i = 1, 1000 do s[i] = tostring(i) end
local t = load("return {" .. table.concat(s, ",") .. "}")()
print(#t, t[1], t[500], t[1000])
