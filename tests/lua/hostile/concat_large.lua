-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s = ("x"):rep(1 << 20)
for i = 1, 1000000 do local _ = s .. i end
