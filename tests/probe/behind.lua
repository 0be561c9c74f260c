-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A probe behind irq_work, in the same interrupt, that queues the next one each time.

local completion = require("completion")
local probe = require("probe")
local rcu = require("rcu")

local shelf, object = rcu.table(), completion.new()

local function replace()
	shelf.object = nil
	shelf.object = object
end

probe.tracepoint("irq_vectors:irq_work_exit", replace)
replace()
