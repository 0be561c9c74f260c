-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local env = {y = 5}
local f = load("x = y * 2 return x", "c", "t", env) print(f(), env.x, x)
print(pcall(load("return undefined.z", "=c", "t", {}))) print(load("return _ENV", "c", "t", env)() == env)
local function g() local _ENV = {print = print} a = 1 print(a) end g() print(a)
