-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print((select(2, load("local x <const> = 1; x = 2", "=s")):gsub("^.-:%d+: ", "")))
print((select(2, load("local x <foo> = 1", "=s")):gsub("^.-:%d+: ", "")))
print((select(2, load("local a <close>, b <close> = 1, 2", "=s")):gsub("^.-:%d+: ", "")))
do local c <close> = setmetatable({}, {__close = function(o, e) print("close", e) end}) print("body") end
