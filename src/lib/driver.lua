-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- The control device, /dev/lunatik, which the command `lunatik` talks to.
-- Each open of it is a session: a runtime of its own, running lunatik/session, freed on release. It is
-- privileged: opening it needs CAP_SYS_MODULE, whatever the permission bits say.
-- @script driver

local device = require("device")

device.new{
	name = "lunatik",
	mode = tonumber("600", 8),
	privileged = true,
	session = "lunatik/session",
}
