-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Fires inside changes of maps, and changes maps itself: counts what worked, and what was refused.

local probe = require("probe")
require("map")

local counts, hash, lru, shared
local n = 100

local function try(f, ...)
	local ok, message = pcall(f, ...)
	if ok then
		counts:add(0)
	elseif message:find("object is busy", 1, true) then
		counts:add(1)
	elseif message:find("a probe cannot add or remove keys of a shared map", 1, true) then
		counts:add(2)
	else
		error(message)
	end
end

local function nest()
	if not counts then
		return
	end
	n = n % 100 + 1
	try(hash.add, hash, 1000 + n)
	try(hash.set, hash, 1000 + n, nil)
	try(lru.add, lru, 1000 + n)
	try(shared.set, shared, 1000 + n, 1)
end

for _, place in ipairs{"bpf_lru_pop_free", "__pcpu_freelist_pop", "pcpu_freelist_push", "__pcpu_freelist_push", "htab_map_update_elem",
	"htab_lru_map_update_elem", "alloc_htab_elem", "bpf_lru_push_free"} do
	print(place, pcall(probe.new, place, {pre = nest, post = nest}))
end

return function(...)
	counts, hash, lru, shared = ...
end
