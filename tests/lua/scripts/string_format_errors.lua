-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function e(...) local _, m = pcall(string.format, ...) return (m:gsub("^.-:%d+: ", "")) end
print(e("%d", "x")) print(e("%d")) print(e("%y", 1)) print(e("%")) print(e("%d", {})) print(e("%0123d", 1)) print(e("%q", {})) print(e("%5q", 1)) print(e("%10d%d", 1))
