-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local t = {}
for i = 1, 20000 do t[i * ((1 << 15) - 1) * ((1 << 14) - 1)] = true end
