-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(nil and 1, false and 1, 1 and 2, nil or 1, false or nil, 1 or 2, not nil, not 0, not "")
local function f(x) print("called", x) return x end
print(f(false) and f(1), f(1) or f(2), f(nil) or f(false))
print(1 and nil or 3, false or false and true, not not 1)
