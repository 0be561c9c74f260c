-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The same, and it catches the error.

local lunatik = require("lunatik")

pcall(require("tests.percpu.register"), lunatik.cpu() + 1)
