-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for i = 1, 3 do
	for j = 1, 3 do
		if j == 2 then goto next end
		print(i, j)
	end
	::next::
end
