-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("hello"):match("^h"), ("hello"):match("^e"), ("hello"):match("o$"), ("hello"):match("l$"), ("a$b"):match("a$b"), ("^a"):match("%^a"), ("x^"):match("x^"))
print(("hello"):gsub("^h", "H"), ("hello"):gsub("o$", "O"), (""):match("^$"), ("abc"):find("^b", 2))
