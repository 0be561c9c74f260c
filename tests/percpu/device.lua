-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A device has no CPU.

require("device").new{name = "percpu"}
