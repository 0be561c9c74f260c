-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function f(a, b, c) return a and b or c end
for _, a in ipairs {true, false} do for _, b in ipairs {true, false} do print(a, b, f(a, b, "c"), not a and b, a and not b, (a or b) and "y" or "n", a == b and a ~= nil) end end
local x = nil print(x == nil and "nil" or x, x ~= nil and x or "default", (x or 5) > 3)
