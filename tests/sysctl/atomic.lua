-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- In a runtime that may not sleep.

local sysctl = require("sysctl")

sysctl.read("kernel.ostype")
