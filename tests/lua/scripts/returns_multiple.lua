-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function f() return 1, 2, 3 end
print(f(), f()) print((f())) print(({f(), f()})[4], #{f(), f()}) print(f(), "x")
local function none() end
print(none()) print((none())) print(type((none())))
