-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("%q"):format("a\nb\"c\\d\0e\r\t\1272\0013"), ("%q"):format(10), ("%q"):format(math.mininteger), ("%q"):format(nil), ("%q"):format(true))
local s = "all \n \\ \" \0 \200 end"
print(load("return " .. ("%q"):format(s))() == s)
