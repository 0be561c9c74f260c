-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Registers a device, lets time pass, then fails.

local device = require("device")
local linux = require("linux")

local function nop() end

device.new{name = "device_test_fails", open = nop, release = nop, read = nop}
linux.schedule(4000)
error("after the device was made")
