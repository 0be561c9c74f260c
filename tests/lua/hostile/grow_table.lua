-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local t = {}
while true do t[#t + 1] = {} end
