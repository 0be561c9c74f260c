-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Opens what tests/map/pin has pinned, and prints it.

local map = require("map")

local function show(path, options)
	local m, lines = map.open("/sys/fs/bpf/" .. path, options), {}
	for k, v in m:pairs() do
		lines[#lines + 1] = k .. "=" .. v
	end
	table.sort(lines)
	print(path, table.concat(lines, " "))
	return m
end

local hits = show("lunatik_map_hits")
hits:add(1)
hits[2] = 1
show("lunatik_map_hits", {key = "int32", value = "int64"})
show("lunatik_map_percpu", {key = 16})
