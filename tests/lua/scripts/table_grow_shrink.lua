-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local t = {}
for r = 1, 5 do
	for i = 1, 1000 do t[i] = i end
	for i = 1000, 1, -1 do t[i] = nil end
	print(r, #t, next(t))
end
