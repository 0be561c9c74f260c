-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(string.pack(">i16", 1):byte(1, -1)) print(string.unpack(">i16", string.pack(">i16", -5)))
print(pcall(string.unpack, "<i16", ("\xff"):rep(8) .. ("\1"):rep(8))) print(pcall(string.pack, "i17", 1)) print(pcall(string.pack, "i0", 1))
