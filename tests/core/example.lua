-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The script that module/lunatik_example.c runs.

local reads = 0

function example(length)
	reads = reads + 1
	if reads % 3 == 0 then
		error("every third read fails")
	end
	return string.format("read %d of %d bytes\n", reads, length)
end
