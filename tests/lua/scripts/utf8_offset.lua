-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = "a\u{e9}\u{20ac}z"
for i = -6, 6 do print(i, (utf8.offset(s, i))) end
print((utf8.offset(s, 0, 3)), (utf8.offset(s, 1, 4)), (utf8.offset(s, -1, 4)), pcall(utf8.offset, s, 1, 3) == true)
