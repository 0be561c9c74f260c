-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Devices whose files have runtimes of their own.

local device = require("device")
local linux = require("linux")

local stat = linux.stat
local mode <const> = stat.IRUGO | stat.IWUGO

device.new{name = "device_test_session", mode = mode, session = "tests/device/session"}
device.new{name = "device_test_privileged", mode = mode, privileged = true, session = "tests/device/session"}
device.new{name = "device_test_nosession", mode = mode, session = "tests/device/nosuch"}
device.new{name = "device_test_nodriver", mode = mode, session = "tests/device/nodriver"}
device.new{name = "device_test_few", mode = mode, sessions = 8, session = "tests/device/session"}
device.new{name = "device_test_dotted", mode = mode, session = "lunatik/./session"}
