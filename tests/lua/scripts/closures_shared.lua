-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function pair() local v = 0 return function() return v end, function(x) v = x end end
local get, set = pair()
set(5) print(get()) set(get() + 1) print(get())
