-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Has a child whose hook never ends, and lets nobody else have it.

local lunatik = require("lunatik")

child = lunatik.runtime("tests/cli/endless", "softirq")
