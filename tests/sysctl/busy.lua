-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Writes whose handler takes RTNL, while others hold it.

local sysctl = require("sysctl")
local cases = require("tests.cases")

cases.test("writes while RTNL is taken", function ()
	for round = 1, 200 do
		sysctl.write("net/ipv4/conf/lunatik.1/forwarding", round % 2)
		cases.equal(sysctl.read("net/ipv4/conf/lunatik.1/forwarding"), tostring(round % 2))
	end
end)

cases.finish()
