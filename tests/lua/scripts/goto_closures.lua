-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
do
	local i = 1
	::a::
	local x = i
	t[#t + 1] = function() x = x + 1 return x end
	i = i + 1
	if i <= 3 then goto a end
end
for _, f in ipairs(t) do print(f(), f()) end
