-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for i = -65, 65, 5 do print(i, 1 << i, -1 >> i, 255 << i, 255 >> i) end
