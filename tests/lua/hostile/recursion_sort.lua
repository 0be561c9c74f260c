-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
local function f() table.sort({2, 1}, f) end
f()
