-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Leaves a map in lunatik._ENV.

local lunatik = require("lunatik")
local map = require("map")

local m = map.hash(4)
m[47] = 11
lunatik._ENV.tests_map_keep = m
