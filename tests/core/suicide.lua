-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Stops itself while its body runs.

local lunatik = require("lunatik")

lunatik.stop("tests/core/suicide")
