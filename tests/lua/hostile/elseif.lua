-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local s = {"local x = 1 if x then"}
for i = 1, 3000 do s[#s + 1] = " elseif x then" end
s[#s + 1] = " end"
load(table.concat(s))
