-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("\u{7FFFFFFF}"):byte(1, -1))
print(("\u{0}\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10ffff}"):byte(1, -1))
