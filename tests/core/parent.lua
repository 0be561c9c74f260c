-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Has a child and does not let go of it.

local lunatik = require("lunatik")

child = lunatik.runtime("tests/core/child")
