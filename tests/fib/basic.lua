-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Rules, seen by a script's body.

local fib = require("fib")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

test("arguments are checked", function ()
	raises("number expected", fib.newrule, "x", 1)
	raises("number expected", fib.newrule, 10)
	raises("out of range", fib.newrule, 0, 1)
	raises("out of range", fib.newrule, 1 << 32, 1)
	raises("out of range", fib.newrule, 10, -1)
	raises("out of range", fib.delrule, 10, 1 << 32)
end)

test("newrule and delrule return nothing; errors say why", function ()
	equal(select("#", fib.newrule(201, 20201)), 0)
	raises("failed on newrule (there is such a rule, error 17)", fib.newrule, 201, 20201)
	equal(select("#", fib.delrule(201, 20201)), 0)
	raises("failed on delrule (there is no such rule, error 2)", fib.delrule, 201, 20201)
end)

test("D-FIB-4: nothing is left of failures", function ()
	for _ = 1, 500 do
		raises("failed on delrule", fib.delrule, 201, 20201)
	end
end)

cases.finish()
