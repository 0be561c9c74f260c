-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Keeps a path.

local btf = require("btf")

local task = btf.struct("task_struct")

return function ()
	return task
end
