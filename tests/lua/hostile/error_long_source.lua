-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local f = load("local x = ... ; return x.y.z --" .. ("x"):rep(1 << 18))
while true do pcall(f, 1) end
