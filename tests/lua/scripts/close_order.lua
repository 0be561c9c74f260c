-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function c(n) return setmetatable({}, {__close = function(_, e) print("close", n, e) end}) end
do local a <close> = c(1); local b <close> = c(2); local d <close> = nil; local e <close> = false; print("in") end
local function f() local a <close> = c("f"); return "result" end
print(f())
print(pcall(function() local a <close> = c("e"); error("oops", 0) end))
