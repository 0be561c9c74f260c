-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function lex(s) local t, i = {}, 1 while i <= #s do local a, b, m = s:find("^%s*(%d+)", i) if not a then a, b, m = s:find("^%s*([%+%-%*%(%)/])", i) end if not a then break end t[#t + 1] = m i = b + 1 end return t end
local t = lex("12 + (34*5) - 6") print(#t, table.concat(t, "|"))
local p = 1
local expr
local function atom() local v = t[p] p = p + 1 if v == "(" then local r = expr() p = p + 1 return r end return tonumber(v) end
local function term() local v = atom() while t[p] == "*" do p = p + 1 v = v * atom() end return v end
function expr() local v = term() while t[p] == "+" or t[p] == "-" do local o = t[p] p = p + 1 local w = term() v = o == "+" and v + w or v - w end return v end
print(expr())
