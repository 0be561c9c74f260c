-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function names(t) local k = {} for n in pairs(t) do k[#k + 1] = n end table.sort(k) return table.concat(k, " ") end
print(names(math)) print(names(string)) print(names(table)) print(names(coroutine)) print(names(utf8)) print(names(debug)) print(names(package))
print(io, os, _VERSION, math.type(collectgarbage("count")))
print(pcall(debug.getinfo, 1, "f")) print(pcall(debug.getinfo, 1, "L")) print(debug.getinfo(1).func)
-- Differs from Lua 5.4 as documented; prints:
--> abs max maxinteger min mininteger tointeger type ult
--> byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper
--> concat insert move pack remove sort unpack
--> close create isyieldable resume running status wrap yield
--> char charpattern codepoint codes len offset
--> getinfo traceback
--> config loaded path preload searchers searchpath
--> nil	nil	Lua 5.4-kernel	integer
--> false	bad argument #2 to 'debug.getinfo' (invalid option)
--> false	bad argument #2 to 'debug.getinfo' (invalid option)
--> nil
