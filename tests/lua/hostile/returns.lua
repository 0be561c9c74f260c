-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local function f(n, ...) if n == 0 then return ... end return 1, f(n - 1, ...) end
while true do f(150, table.unpack({}, 1, 200)) end
