-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local s = {}
for i = 1, 2000 do s[#s + 1] = "goto l" .. i .. " " end
for i = 1, 2000 do s[#s + 1] = "::l" .. i .. ":: " end
load(table.concat(s))
