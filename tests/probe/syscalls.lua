-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A probe on each system call there is, as the example systrack has on some. Several may share a function.

local probe = require("probe")
local addresses = require("syscall.table")

local count, failed = 0, nil
local hits = {}

for name, address in pairs(addresses) do
	local handlers = {
		pre = function() hits[name] = (hits[name] or 0) + 1 end,
	}
	local ok, message = pcall(probe.new, address, handlers)
	if ok then
		count = count + 1
	else
		failed = name .. ": " .. message
	end
end

print(string.format("%d probes%s", count, failed and ", but " .. failed or ""))
