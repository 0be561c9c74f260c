-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Addresses of the system calls, by name: the result of syscall.address for each of syscall.numbers.
-- Requiring it raises the error of syscall.address where a kernel hides them.
-- @module syscall.table

local syscall = require("syscall")

local addresses = {}

for name, number in pairs(syscall.numbers) do
	addresses[name] = syscall.address(number)
end

return addresses
