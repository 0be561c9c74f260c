-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end
for _, s in ipairs {"", " ", "a", " a ", "\t a b \n"} do print("[" .. trim(s) .. "]") end
local function split(s, sep) local t = {} for f in (s .. sep):gmatch("(.-)" .. sep:gsub("%p", "%%%0")) do t[#t + 1] = f end return t end
for _, s in ipairs {"a,b,c", "", ",", "a,,b"} do local t = split(s, ",") print(#t, table.concat(t, "|")) end
