-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("hello"):find("l"), ("hello"):find("l", 4), ("hello"):find("xyz"), ("hello"):find(""), ("hello"):find("", 6), ("hello"):find("", 7))
print(("a.b"):find(".", 1, true), ("a.b"):find("%.", 1), ("a\0b"):find("\0"), ("aXb"):find("X", -2))
print(("abcabc"):find("abc", 2, true), ("aaab"):find("aab", 1, true))
