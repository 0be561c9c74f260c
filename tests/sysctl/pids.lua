-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Parameters that depend on the namespace of process ids, and one that does not.

local sysctl = require("sysctl")

local function try(f, ...)
	local ok, message = pcall(f, ...)
	print(ok or message)
end

try(sysctl.read, "kernel.ns_last_pid")
try(sysctl.write, "kernel/ns_last_pid", 100)
try(sysctl.read, "kernel.ostype")
