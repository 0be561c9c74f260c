-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- In a runtime that may not sleep.

local fib = require("fib")

fib.newrule(77, 10077)
