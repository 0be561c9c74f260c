-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Asks the program to drop what comes from 10.76.1.2, and counts as it does.

local linux = require("linux")
local map = require("map")
local net = require("net")

local hits = map.open("/sys/fs/bpf/lunatik_map_hits")
local source = linux.hton32(net.aton("10.76.1.2"))

print(hits[source] > 0)
hits[source] = 1 << 63
