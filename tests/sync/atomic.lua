-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A runtime that may not sleep: it completes, and gets an error if it waits.

require("completion")
require("tests.atomic")

return function(c)
	local ok, message = pcall(c.wait, c, 0)
	assert(not ok and message:find("cannot use non-sleepable runtime in this context", 1, true), message)
	c:complete()
end
