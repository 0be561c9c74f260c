-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function e(...) local _, m = pcall(string.format, ...) return (m:gsub("^.-:%d+: ", "")) end
print(e("%d", "x")) print(e("%d")) print(e("%y", 1)) print(e("%")) print(e("%d", {})) print(e("%0123d", 1)) print(e("%q", {})) print(e("%5q", 1)) print(e("%10d%d", 1))
--> bad argument #2 to 'string.format' (number expected, got string)
--> bad argument #2 to 'string.format' (no value)
--> invalid conversion '%y' to 'format'
--> bad argument #2 to 'string.format' (no value)
--> bad argument #2 to 'string.format' (number expected, got table)
--> invalid conversion specification: '%0123d'
--> bad argument #2 to 'string.format' (value has no literal form)
--> specifier '%q' cannot have modifiers
--> bad argument #3 to 'string.format' (no value)
