-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("hello world"):gsub("o", "0"), ("hello"):gsub("", "-"), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("(a)(b)", "%2%1"), ("a.b"):gsub("%.", "%%"))
print(("hello"):gsub("l", "L", 1), ("hello"):gsub("l", "L", 0), ("hello"):gsub("x", "y"), (pcall(string.gsub, "x", "x", "%2")), (pcall(string.gsub, "x", "x", "%a")))
