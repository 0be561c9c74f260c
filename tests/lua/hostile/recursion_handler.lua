-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local function h() return h() + 1 end
print(xpcall(error, h))
local function f() return 1 + f() end
print(xpcall(f, function(m) return f() end))
