-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local mt = {}
for _, n in ipairs {"add", "sub", "mul", "mod", "idiv", "band", "bor", "bxor", "shl", "shr", "concat"} do
	mt["__" .. n] = function(a, b) return n .. " " .. type(a) .. " " .. type(b) end
end
mt.__unm = function() return "unm" end mt.__bnot = function() return "bnot" end
local o = setmetatable({}, mt)
print(o + 1, 1 + o, o - 1, 2 * o, o % 2, o // 2, o & 1, 1 | o, o ~ 1, o << 1, 1 >> o, o .. "x", "x" .. o, 1 .. o, -o, ~o)
