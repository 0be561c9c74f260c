-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- /dev/passwd: each read gives one random printable character.
--
--	# lunatik run examples/passwd
--	# head -c 16 /dev/passwd

local device = require("device")
local linux = require("linux")

local function nop() end

local driver = {
	name = "passwd",
	mode = linux.stat.IRUGO,
	open = nop,
	release = nop,
}

function driver:read()
	return string.char(linux.random(32, 126))
end

device.new(driver)
