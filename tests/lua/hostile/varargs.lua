-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local function f(...) return ... end
local function g(...) while true do f(...) end end
g(table.unpack({}, 1, 5000))
