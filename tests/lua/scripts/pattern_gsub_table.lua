-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("$a $b $c"):gsub("%$(%w+)", {a = "1", b = 2, c = false}), ("abc"):gsub("%w", {a = "x"}))
print(pcall(string.gsub, "a", "a", {a = {}}) == true)
