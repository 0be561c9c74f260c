-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for i = 0, 255 do local c = i for _ = 1, 8 do c = (c & 1 == 1) and (0xedb88320 ~ (c >> 1)) or (c >> 1) end t[i] = c end
local function crc(s) local c = 0xffffffff for i = 1, #s do c = t[(c ~ s:byte(i)) & 0xff] ~ (c >> 8) end return c ~ 0xffffffff end
print(("%08x %08x"):format(crc("123456789"), crc("")))
