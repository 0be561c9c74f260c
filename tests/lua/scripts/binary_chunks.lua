-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(load("\27Lua", "=s")) print(load("return 1", "=s", "b")) print(load("return 1", "=s", "bt") ~= nil) print(string.dump)
-- Differs from Lua 5.4 as documented; prints:
--> nil	attempt to load a binary chunk (text only)
--> nil	attempt to load a text chunk (mode is 'b')
--> true
--> nil
