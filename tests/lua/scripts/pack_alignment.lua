-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(string.pack("<!4 b i4", 1, 2):byte(1, -1)) print(string.pack("<!8 b Xi8 b", 1, 2):byte(1, -1)) print(string.pack("<!2 b i8", 1, 2):byte(1, -1))
print(string.packsize("!8 b i8"), string.packsize("!4 b h i"), string.packsize("b x h"), string.packsize("<i3 i3"))
print(pcall(string.pack, "!3 i4", 1)) print(pcall(string.packsize, "s")) print(pcall(string.packsize, "z"))
