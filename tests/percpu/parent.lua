-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Has a percpu script as a child.

local lunatik = require("lunatik")

assert(lunatik.cpu() == nil)
local child = lunatik.runtime("tests/percpu/count", {percpu = true})
assert(not child:resumable())
print(select(2, pcall(child.resume, child)))

-- Others come and go.
for _ = 1, 3 do
	local other <close> = lunatik.runtime("tests/percpu/fine", {percpu = true, context = "hardirq"})
end
for _, options in ipairs{{percpu = 1}, {percpu = true, context = "process"}, {percpu = true, memory = 1 << 17}} do
	print(select(2, pcall(lunatik.runtime, "tests/percpu/fine", options)))
end
