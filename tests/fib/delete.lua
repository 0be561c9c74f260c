-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Deletes what add.lua has added.

local fib = require("fib")

fib.delrule(77, 10077)
fib.delrule(70000, 10078)
fib.delrule(0xffffffff, 0xfffffff0)
