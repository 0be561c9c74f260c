-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function c(f) return setmetatable({}, {__close = f}) end
print(pcall(function()
	local a <close> = c(function(_, e) print("a", e) end)
	local b <close> = c(function(_, e) print("b", e) error("from b", 0) end)
	error("body", 0)
end))
print((select(2, pcall(function() local x <close> = {} end)):gsub("^.-:%d+: ", "")))
--> b	body
--> a	from b
--> false	from b
--> variable 'x' got a non-closable value
