-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for i = 1, 6 do
	if i == 1 then print("one") elseif i < 4 then print("few", i) elseif i == 4 then print("four") else print("many", i) end
end
