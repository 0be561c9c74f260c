-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The body fails in the state of CPU 1.

local lunatik = require("lunatik")

require("tests.percpu.register")(1)
if lunatik.cpu() == 1 then
	error("planned for one CPU")
end
