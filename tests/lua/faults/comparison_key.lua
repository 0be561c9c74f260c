-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- 5.4.7 compiles a comparison as a table's key wrongly.
local size = {[true] = "small", [false] = "large"}
local function class(n)
	return size[n < 100]
end
assert(class(5) == "small" and class(500) == "large")
