-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local i, s = 0, 0
while i < 10 do i = i + 1; if i % 2 == 0 then goto continue end s = s + i ::continue:: end
print(i, s)
while true do i = i - 1; if i == 3 then break end end
print(i)
