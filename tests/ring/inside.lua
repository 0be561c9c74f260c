-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Writes where a probe interrupts the writer, and writes into the same ring.

local cases = require("tests.cases")
local lunatik = require("lunatik")
local ring = require("ring")

local test, equal = cases.test, cases.equal

test("D-RING-3: a record inside of a record is dropped", function ()
	local r = ring.new{size = 1 << 18}
	do
		local inner <close> = lunatik.runtime("tests/ring/interrupt", "hardirq")
		inner:resume(r)
		for i = 1, 200 do
			equal(r:emit("outer", i), true)
		end
	end
	local outer, dropped = 0, r:dropped()
	for who, n in r.read, r do
		if who == "outer" then
			outer = outer + 1
			equal(n, outer)
		else
			equal(who, "inner")
		end
	end
	equal(outer, 200)
	equal(dropped >= 200, true, "dropped " .. dropped)
end)

cases.finish()
