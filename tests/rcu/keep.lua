-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Leaves an object in _ENV.

local data = require("data")
local lunatik = require("lunatik")

local d = data.new(8)
d:setnumber(0, 4711)
lunatik._ENV.tests_rcu_keep = d
