-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts calls of a function by process.

local map = require("map")
local probe = require("probe")

local calls = map.hash(1024)

probe.entry("lunatik_bench_called", function(event) calls:add(event.pid, 1) end)
