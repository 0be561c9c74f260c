-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local a, b = ("x"):rep(1 << 18), ("x"):rep(1 << 17) .. ("x"):rep(1 << 17)
while rawequal(a, b) do end
