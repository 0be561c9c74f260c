-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Adds more keys than its maps hold, so that the kernel drops old ones.

local map = require("map")

local own, shared = map.lru(64), map.lru(64, {shared = true})
for i = 1, 2000 do
	own[i], shared[i] = i, i
end
print(#own <= 64, #shared <= 64, own[2000], shared[2000])
