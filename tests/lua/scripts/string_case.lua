-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("Hello World 123"):upper(), ("Hello World 123"):lower(), ("abc"):reverse(), (""):reverse(), ("\u{e9}"):upper() == "\u{e9}")
local all = {}
for i = 0, 255 do all[i + 1] = string.char(i) end
all = table.concat(all)
print(all:upper():lower() == all:lower(), all:reverse():reverse() == all)
