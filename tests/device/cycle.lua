-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- One device, for many cycles of run and stop.

local device = require("device")

local function nop() end

device.new{name = "device_test_cycle", open = nop, release = nop, read = function() return "x" end}
