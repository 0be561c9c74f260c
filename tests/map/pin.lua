-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Pins maps, and counts in one of them.

local map = require("map")

local hits = map.hash(64, {key = "uint32", value = "uint64", shared = true})
hits[1] = 5
hits:add(0xffffffff, 7)
hits:pin("/sys/fs/bpf/lunatik_map_hits")
print(pcall(hits.pin, hits, "/sys/fs/bpf/lunatik_map_hits"))
print(pcall(hits.pin, hits, "/sys/fs/bpf/no/such/folder"))
print(pcall(hits.pin, hits, "/tmp/hits"))
print(pcall(hits.pin, map.hash(4), "/sys/fs/bpf/lunatik_map_private"))

local percpu = map.hash(8, {key = 16, percpu = true, shared = true})
percpu:add("one", 3)
percpu:pin("/sys/fs/bpf/lunatik_map_percpu")

local h = map.histogram{shared = true}
h:add(5)
h:pin("/sys/fs/bpf/lunatik_map_histogram")

_G.private = map.hash(4)
