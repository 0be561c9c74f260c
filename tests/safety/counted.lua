-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Keeps 3,000 strings, of a size for which the slab allocator takes twice as much; then as much outside of the heap.

local data = require("data")

kept = {}
for i = 1, 3000 do
	kept[i] = ("x"):rep(8200) .. i
end
for i = 1, 1000 do
	kept[#kept + 1] = data.new(8200)
end
