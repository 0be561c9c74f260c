-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function a(x) return function(y) return function(z) return function() x = x + 1 return x + y + z end end end end
local f = a(1)(10)(100)
print(f(), f(), f())
