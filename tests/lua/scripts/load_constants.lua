-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = {}
for i = 1, 400 do s[i] = "t[" .. i .. "] = 'k" .. i .. "' .. " .. i * 1000003 end
local env = {t = {}} load(table.concat(s, "\n"), "c", "t", env)() print(env.t[1], env.t[400], #env.t)
