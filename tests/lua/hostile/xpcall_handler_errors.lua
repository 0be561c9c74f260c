-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local function h() error("again") end
for i = 1, 100 do xpcall(error, h) end
