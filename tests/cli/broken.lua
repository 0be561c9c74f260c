-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Fails in its body, two calls deep.

local function inner()
	error("oops")
end

local function outer()
	inner()
	return 1
end

outer()
