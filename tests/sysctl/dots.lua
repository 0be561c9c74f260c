-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- An interface whose name has a dot, in both spellings.

local sysctl = require("sysctl")
local cases = require("tests.cases")

local slashes <const> = "net/ipv4/conf/lunatik.1/rp_filter"
local dots <const> = "net.ipv4.conf.lunatik/1.rp_filter"

cases.test("one parameter has two spellings", function ()
	for value = 0, 2 do
		sysctl.write(slashes, value)
		cases.equal(sysctl.read(dots), tostring(value))
	end
	cases.raises("there is no such parameter", sysctl.read, "net.ipv4.conf.lunatik.1.rp_filter")
end)

cases.finish()
