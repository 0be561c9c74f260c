-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local a = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function enc(s) return (s:gsub("..?.?", function(c) local x, y, z = c:byte(1, 3) local n = x << 16 | (y or 0) << 8 | (z or 0) local r = "" for i = 18, 0, -6 do local d = (n >> i & 63) + 1 r = r .. a:sub(d, d) end return y and (z and r or r:sub(1, 3) .. "=") or r:sub(1, 2) .. "==" end)) end
for _, s in ipairs {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\0\xff\x80"} do print(enc(s)) end
