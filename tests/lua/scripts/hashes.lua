-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function djb2(s) local h = 5381 for i = 1, #s do h = (h * 33 + s:byte(i)) & 0xffffffff end return h end
local function fnv(s) local h = 0xcbf29ce484222325 for i = 1, #s do h = (h ~ s:byte(i)) * 0x100000001b3 end return h end
for _, s in ipairs {"", "a", "hello", ("x"):rep(1000)} do print(djb2(s), fnv(s), ("%x"):format(fnv(s))) end
