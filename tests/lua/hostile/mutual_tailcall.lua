-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local a, b
function a(...) return b(1, ...) end
function b(_, ...) return a(...) end
a()
