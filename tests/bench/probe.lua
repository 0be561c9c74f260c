-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts calls of a function.

local probe = require("probe")

local hits = 0

probe.new("lunatik_bench_called", {
	pre = function() hits = hits + 1 end,
})
