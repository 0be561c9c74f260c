-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The state of CPU 1 registers another priority.

local lunatik = require("lunatik")

require("tests.percpu.register")(1, lunatik.cpu() == 0 and 2 or 3)
