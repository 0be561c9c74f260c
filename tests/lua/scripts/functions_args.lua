-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function f(a, b, c) print(a, b, c) end
f() f(1) f(1, 2) f(1, 2, 3) f(1, 2, 3, 4) f(nil, nil, 3)
