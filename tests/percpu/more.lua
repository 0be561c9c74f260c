-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The state of CPU 1 registers one hook more.

local lunatik = require("lunatik")

require("tests.percpu.register")(1, lunatik.cpu() ~= 0 and 2 or nil)
