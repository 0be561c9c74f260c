-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Adds a rule that is there already.

local fib = require("fib")

fib.newrule(77, 10077)
