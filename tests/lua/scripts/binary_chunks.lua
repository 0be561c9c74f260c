-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(load("\27Lua", "=s")) print(load("return 1", "=s", "b")) print(load("return 1", "=s", "bt") ~= nil) print(string.dump)
