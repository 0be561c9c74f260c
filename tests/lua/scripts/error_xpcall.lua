-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(xpcall(function() error("a", 0) end, function(m) return m .. "b", "dropped" end)) print(xpcall(function(...) return ... end, print, 1, 2))
print(xpcall(error, function(m) error("again", 0) end, "x") == false)
print(xpcall(function() local function f() error("deep", 0) end f() end, function(m) return type(debug.traceback(m)) end))
