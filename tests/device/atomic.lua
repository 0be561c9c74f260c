-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Run in a runtime that cannot sleep: require works there, creation does not.

local device = require("device")

assert(type(device.new) == "function")
device.new{name = "device_test_atomic"}
