-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Prints what should not confuse the kernel log.

print("tabs", 1, nil, true, "between")
print("\0010fatal", "\27[31mred", "a\0b", "\r\8\127")
print("first line\n<0>second line")
print("naïve → 𝛌")
print("a\xffb \xc2\x9b31m \x9b")
print(setmetatable({}, {__tostring = function() return "own text" end}))
print()
print(("x"):rep(5000))
print("ends", ("y"):rep(900))
warn("@on")
warn("a warning")
print(pcall(print, setmetatable({}, {__tostring = function() error("no text") end})))
print(pcall(print, table.unpack({}, 1, 5000)) and "many" or "too many")
