-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Has a hook that may not sleep, in a runtime whose body may.

require("probe").new("do_exit", {pre = function() end})
