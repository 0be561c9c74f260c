-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = {}
for i = 1, 2000 do s[i] = "local function f" .. i % 100 .. "() return " .. i .. " end x = f" .. i % 100 .. "()" end
for i = 1, #s do s[i] = "do " .. s[i] .. " end" end
local env = {} load(table.concat(s, "\n"), "c", "t", env)() print(env.x)
