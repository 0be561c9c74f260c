-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumed by tests/rcu/shared in a runtime that cannot sleep: fetches what it cannot use.

require("rcu")

return function(t)
	return t.runtime
end
