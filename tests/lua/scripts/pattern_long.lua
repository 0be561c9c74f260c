-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = ("ab"):rep(5000)
print(#s:match(".*"), select(2, s:gsub("ab", "")), s:find("ba$"), #s:match("^(.-)b$"), s:match("^[ab]*$") == s)
