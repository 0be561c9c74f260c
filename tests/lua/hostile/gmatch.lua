-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
while true do for w in ("a b c "):rep(1000):gmatch("%a") do end end
