-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Adds rules that stay.

local fib = require("fib")

fib.newrule(77, 10077)
fib.newrule(70000, 10078)
fib.newrule(0xffffffff, 0xfffffff0)
