-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function iter() local n = 0 return function() n = n + 1 if n < 3 then return n end end, nil, nil,
	setmetatable({}, {__close = function() print("closed") end}) end
for i in iter() do print(i) end
for i in iter() do print(i) break end
print(pcall(function() for i in iter() do error("x", 0) end end))
