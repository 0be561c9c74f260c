-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local mt = {__close = function() error("x") end}
local function f(n)
	local c <close> = setmetatable({}, mt)
	if n > 0 then f(n - 1) end
end
while true do pcall(f, 1000) end
