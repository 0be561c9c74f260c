-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function ser(v) if type(v) == "table" then local k = {} for n in pairs(v) do k[#k + 1] = n end table.sort(k, function(a, b) return tostring(a) < tostring(b) end) local r = {} for _, n in ipairs(k) do r[#r + 1] = tostring(n) .. ":" .. ser(v[n]) end return "{" .. table.concat(r, ",") .. "}" end return type(v) == "string" and ("%q"):format(v) or tostring(v) end
print(ser {1, "two", {3, x = true}, key = {a = {}}, [10] = false})
