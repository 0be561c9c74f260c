-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Writes a parameter of the network namespace in which it is run.

local sysctl = require("sysctl")

sysctl.write("net.ipv4.ip_default_ttl", 99)
