-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Addresses of the system calls, by name: what syscall.address says of each of syscall.numbers.
-- Requiring it raises the error of syscall.address where a kernel does not tell them.
-- @module syscall.table

local syscall = require("syscall")

local addresses = {}

for name, number in pairs(syscall.numbers) do
	addresses[name] = syscall.address(number)
end

return addresses
