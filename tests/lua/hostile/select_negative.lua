-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local function f(...) while true do select(-1, ...) end end
f(table.unpack({}, 1, 200))
