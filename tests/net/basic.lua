-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The functions of the net library, in any kind of runtime.

local net = require("net")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local addresses = {
	["0.0.0.0"] = 0, ["127.0.0.1"] = 0x7f000001, ["10.1.2.3"] = 0x0a010203, ["255.255.255.255"] = 0xffffffff,
}

test("addresses become integers and text again", function()
	for text, address in pairs(addresses) do
		equal(net.aton(text), address)
		equal(net.ntoa(address), text)
	end
end)

test("ntoa takes the low 32 bits", function()
	equal(net.ntoa(-1), "255.255.255.255")
	equal(net.ntoa(0x10a010203), "10.1.2.3")
end)

test("bad addresses are refused", function()
	for _, text in ipairs{"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.0004", "a.b.c.d", "1.2.3.4 ", "-1.2.3.4", "1..2.3"} do
		raises("IPv4 address", net.aton, text)
	end
	raises("IPv4 address", net.aton)
	raises("IPv4 address", net.aton, {})
	raises("", net.ntoa)
	raises("", net.ntoa, "x")
end)

cases.finish()
