-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Prints the numbers, a few names a record.

local syscall = require("syscall")

local names = {}
for name in pairs(syscall.numbers) do
	names[#names + 1] = name
end
table.sort(names)
for _, name in ipairs(names) do
	print(name .. " " .. syscall.numbers[name])
end
