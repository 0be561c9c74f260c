-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local a = 1
local function f() local function g() local function h() a = a + 1 return a end return h() end return g() end
print(f(), f(), a)
