-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("abc"):byte(), ("abc"):byte(2), ("abc"):byte(1, -1), ("abc"):byte(10), string.char(), string.char(72, 105))
print(pcall(string.char, 256)) print(pcall(string.char, -1))
